# A signer and sealer that is not dkimpy: Mail::DKIM of Debian's libmail-dkim-perl.
# usage: perl mail_dkim_sign.pl dkim|arc DOMAIN SELECTOR KEYFILE [AUTHSERV-ID none|pass|fail] < mail   prints the new fields
use strict;
use warnings;
use Mail::DKIM::Signer;
use Mail::DKIM::ARC::Signer;

my ( $what, $domain, $selector, $key, $id, $chain ) = @ARGV;
my %how = ( Algorithm => 'rsa-sha256', Domain => $domain, Selector => $selector, KeyFile => $key );
my $signer =
    $what eq 'arc'
  ? Mail::DKIM::ARC::Signer->new( %how, SrvId => $id, Chain => $chain )
  : Mail::DKIM::Signer->new( %how, Method => 'relaxed' );
binmode STDIN;
binmode STDOUT;
while ( read( STDIN, my $block, 65536 ) ) { $signer->PRINT($block) }
$signer->CLOSE;
my @fields = $what eq 'arc' ? $signer->as_strings : ( $signer->signature->as_string );
for my $field (@fields) {
    $field =~ s/\r?\n/\r\n/g;
    $field =~ s/(\r\n)*\z/\r\n/;
    print $field;
}
