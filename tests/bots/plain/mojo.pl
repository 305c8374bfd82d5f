# A bot with Mojo::UserAgent and default options: see ../README.md.
use Mojo::Base -strict;
use Mojo::UserAgent;
use Mojo::IOLoop;

$| = 1;
binmode STDOUT, ':utf8';
my ($url, $first, $second) = @ARGV;
my $agent = Mojo::UserAgent->new;
$agent->websocket($url => sub {
    my ($agent, $tx) = @_;
    unless ($tx->is_websocket) {
        say 'refused ', join ' ', grep { defined } $tx->res->code, $tx->res->message, $tx->error->{message};
        return Mojo::IOLoop->stop;
    }
    $tx->on(text => sub {
        my ($tx, $bytes) = @_;
        utf8::decode($bytes);
        say "message $bytes";
        $tx->send($second) if $second;
        $second = '';
    });
    $tx->on(finish => sub {
        my ($tx, $code, $reason) = @_;
        say 'closed ', $code // 1006, ' ', $reason // '';
        Mojo::IOLoop->stop;
    });
    $tx->send($first);
});
Mojo::IOLoop->start;
