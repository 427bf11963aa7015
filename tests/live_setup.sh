#!/usr/bin/env bash
# Installs the servers of `make test-live`: PostgreSQL, and Bluesky's reference network. Safe to run again. Where one can't
# be had, its tests are skipped and say so.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)

have() { ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && command -v redis-server >/dev/null; }
if ! have; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql redis-server >/dev/null ||
      echo "live setup: PostgreSQL and Redis could not be installed; their tests will be skipped" >&2
  else
    echo "live setup: install PostgreSQL and Redis (Debian: apt-get install postgresql redis-server), or their tests are skipped" >&2
  fi
fi
bash "$here/platforms/stages/bluesky_network/install.sh" ||
  echo "live setup: Bluesky's reference servers could not be installed; their tests will be skipped" >&2
