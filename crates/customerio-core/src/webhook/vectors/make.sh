#!/usr/bin/env bash
# Writes signatures.tsv: webhook signatures as openssl computes them, for the test in ../verifier.rs.
set -euo pipefail
cd "$(dirname "$0")"

# The key and the body are given and written as hex, because they are any bytes.
vector() {
    local key=$1 timestamp=$2 body=$3 signature
    signature=$({ printf 'v0:%s:' "$timestamp"; printf %s "$body" | xxd -r -p; } |
        openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -r | cut -d ' ' -f 1)
    printf '%s\t%s\t%s\t%s\n' "$key" "$timestamp" "$body" "$signature"
}
hex() { printf %s "$1" | xxd -p | tr -d '\n'; }

{
    printf '# key (hex)\ttimestamp\tbody (hex)\tsignature\n'
    vector "$(hex k)" 0 ''
    vector "$(hex signing-key)" 1700000000 "$(hex '{}')"
    vector "$(hex signing-key)" -1 "$(hex '{}')"
    vector "$(hex signing-key)" 9223372036854775807 "$(hex '{}')"
    vector "$(hex 5e1ec7ed5e1ec7ed5e1ec7ed5e1ec7ed)" 1613063089 \
        "$(hex '{"event_id":"01E4","object_type":"email","metric":"sent","timestamp":1613063089,"data":{}}')"
    # Text that is not ASCII, and a key that is not.
    vector "$(hex 'clé')" 1700000000 "$(hex '{"subject":"Füße €23,45 😀"}')"
    # Blanks and line breaks count.
    vector "$(hex signing-key)" 1700000000 "$(hex $'{ "a" :\t1 }\r\n')"
    # Bytes that are no text.
    vector "$(hex signing-key)" 1700000000 00ff80c1fe0a0d
    # Keys of a block (64 bytes), of one byte less and more, and of several.
    for bytes in 63 64 65 200; do
        vector "$(hex "$(printf 'k%.0s' $(seq "$bytes"))")" 1700000000 "$(hex '{"colons":"v0:1:"}')"
    done
} >signatures.tsv
