# A bot with AnyEvent::WebSocket::Client and default options: see ../README.md.
use strict;
use warnings;
use AnyEvent;
use AnyEvent::WebSocket::Client;

$| = 1;
binmode STDOUT, ':utf8';
my ($url, $first, $second) = @ARGV;
my $end = AnyEvent->condvar;
my $socket;
AnyEvent::WebSocket::Client->new->connect($url)->cb(sub {
    $socket = eval { shift->recv };
    unless ($socket) {
        (my $why = $@) =~ s/\s+/ /g;
        print "refused $why\n";
        return $end->send;
    }
    $socket->on(each_message => sub {
        my ($socket, $message) = @_;
        print 'message ', $message->decoded_body, "\n";
        $socket->send($second) if $second;
        $second = '';
    });
    $socket->on(finish => sub {
        my ($socket, $message) = @_;
        print 'closed ', $socket->close_code // 1006, ' ', $socket->close_reason // '', "\n";
        $end->send;
    });
    $socket->send($first);
});
$end->recv;
