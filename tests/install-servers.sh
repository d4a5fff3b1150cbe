#!/usr/bin/env bash
# Installs from Debian the real servers that the tests talk to. No service is started, now or at the next boot, and nobody's mail
# server is replaced: the tests run their own copies on free ports, in directories of their own.
set -euo pipefail

packages=(dovecot-imapd postfix postgresql postgresql-client strace libmail-dkim-perl procps python3-venv systemd)
policy=/usr/sbin/policy-rc.d

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

command -v dpkg-query >/dev/null || { echo "test-servers: this is for Debian; elsewhere install: ${packages[*]}" >&2; exit 1; }

missing=()
for package in "${packages[@]}"; do installed "$package" || missing+=("$package"); done
[ ${#missing[@]} -gt 0 ] || exit 0

if ! installed postfix && [ "${CI:-}" != true ]; then
    other=$(dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' | awk '$1 == "installed" && /mail-transport-agent/ { print $2; exit }')
    [ -n "$other" ] || ! [ -e /usr/sbin/sendmail ] || other=/usr/sbin/sendmail
    if [ -n "$other" ]; then
        echo "test-servers: installing postfix would replace $other, the mail server of this machine; nothing was changed." >&2
        echo "The tests that need Postfix are skipped without it." >&2
        others=("${missing[@]/#postfix/}")
        [ -z "${others[*]// /}" ] || echo "For the others: apt-get install --no-install-recommends ${others[*]}" >&2
        exit 1
    fi
fi

root=()
[ "$(id -u)" = 0 ] || root=(sudo)

# Debian starts a service when its package is installed, unless this file says no; one that is there already is not ours to touch
if ! [ -e "$policy" ]; then
    trap '"${root[@]}" rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" >/dev/null
    "${root[@]}" chmod 755 "$policy"
fi

"${root[@]}" apt-get update -qq
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null

command -v systemctl >/dev/null || exit 0
for package in "${missing[@]}"; do
    case $package in
        dovecot-imapd) "${root[@]}" systemctl disable --quiet dovecot.service dovecot.socket || true ;;
        postfix | postgresql) "${root[@]}" systemctl disable --quiet "$package.service" || true ;;
    esac
done
