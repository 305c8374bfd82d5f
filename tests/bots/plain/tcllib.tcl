# A bot with the package websocket of tcllib and default options: see ../README.md.
package require websocket

fconfigure stdout -buffering line -encoding utf-8
lassign $argv url first second

proc heard {socket type text} {
    global first second end
    switch $type {
        connect {
            websocket::send $socket text $first
        }
        text {
            puts "message $text"
            if {$second ne ""} {
                websocket::send $socket text $second
                set second ""
            }
        }
        close {
            lassign $text code reason
            puts "closed $code $reason"
        }
        error {
            puts "refused $text"
            set end yes
        }
        disconnect {
            set end yes
        }
    }
}

if {[catch {websocket::open $url heard} why]} {
    puts "refused $why"
    exit
}
vwait end
