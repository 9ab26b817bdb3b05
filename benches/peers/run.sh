#!/usr/bin/env bash
# Runs cordboard beside its peers; see README.md. Needs Python with the packages of requirements.txt, in the virtual
# environment target/peers or where CORDBOARD_PEERS_PYTHON says; what is missing is skipped, and why is said.
set -euo pipefail
cd "$(dirname "$0")/../.."

python=${CORDBOARD_PEERS_PYTHON:-target/peers/bin/python}
if ! "$python" -c '' 2>/dev/null; then
    echo "skipped: there is no Python at $python; benches/peers/README.md says how to set it up" >&2
    exit 0
fi
cargo build --release --quiet -p cordboard-cli
exec "$python" benches/peers/compare.py "${CARGO_TARGET_DIR:-target}/release/cordboard"
