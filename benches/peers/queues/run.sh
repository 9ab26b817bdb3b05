#!/usr/bin/env bash
# Runs cordboard beside queues in database tables; see README.md. PostgreSQL is started for the run, in a folder of its own and on a
# socket there; where its programs are missing it is skipped, and why is said.
set -euo pipefail
cd "$(dirname "$0")/../../.."

secs=${1:-5}
folder=$(mktemp -d "${TMPDIR:-/tmp}/cordboard-queues.XXXXXX")
bin=${CORDBOARD_POSTGRES_BIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)}
as=() connection=""
stop() {
    if [ -n "$connection" ]; then "${as[@]}" "$bin/pg_ctl" -D "$folder/postgres/data" -m fast stop >/dev/null || true; fi
    rm -rf "$folder"
}
trap stop EXIT

if [ ! -x "$bin/initdb" ]; then
    echo "PostgreSQL is skipped: there is no initdb in ${bin:-/usr/lib/postgresql/*/bin}; apt-get install postgresql, or CORDBOARD_POSTGRES_BIN" >&2
else
    mkdir "$folder/postgres"
    if [ "$(id -u)" = 0 ]; then # it refuses to run as root
        as=(runuser -u postgres --)
        chmod 711 "$folder"
        chown postgres "$folder/postgres"
    fi
    "${as[@]}" "$bin/initdb" -D "$folder/postgres/data" -U postgres --auth=trust --no-sync >/dev/null
    "${as[@]}" "$bin/pg_ctl" -D "$folder/postgres/data" -w -l "$folder/postgres/log" \
        -o "-c listen_addresses='' -c unix_socket_directories='$folder/postgres'" start >/dev/null
    connection="host=$folder/postgres user=postgres dbname=postgres"
    echo "PostgreSQL: $("$bin/postgres" --version), as it is installed, on its own socket"
fi
cargo build --release --quiet --manifest-path benches/peers/queues/Cargo.toml --target-dir target/queues
target/queues/release/cordboard-queues "$secs" "$folder" "$connection"
