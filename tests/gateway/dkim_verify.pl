# A verifier that is not dkimpy: Mail::DKIM of Debian's libmail-dkim-perl, its DNS answered from the command line.
# usage: perl dkim_verify.pl NAME TXT < mail     prints the result and its detail
use strict;
use warnings;
use Mail::DKIM::Verifier;
use Mail::DKIM::PublicKey;

my ( $name, $text ) = @ARGV;
{
    no warnings 'redefine';
    *Mail::DKIM::PublicKey::fetch_async = sub {
        my ( $class, %prms ) = @_;
        my $success = ( $prms{Callbacks} || {} )->{Success} || sub { $_[0] };
        return sub {
            return $success->() unless "$prms{Selector}._domainkey.$prms{Domain}" eq $name;
            my $key = $class->parse($text);
            $key->{Selector} = $prms{Selector};
            $key->{Domain}   = $prms{Domain};
            $key->check;
            return $success->($key);
        };
    };
}
my $verifier = Mail::DKIM::Verifier->new;
binmode STDIN;
while ( read( STDIN, my $block, 65536 ) ) { $verifier->PRINT($block) }
$verifier->CLOSE;
print $verifier->result, "\n", $verifier->result_detail, "\n";
