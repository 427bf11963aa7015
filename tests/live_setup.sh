#!/usr/bin/env bash
# Installs what `make test-live` needs: PostgreSQL, a Chromium, and Bluesky's reference network. Safe to run again. Where one
# can't be had, its tests are skipped and say so.
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
browser() { [ -n "${AMENDS_CHROMIUM:-}" ] || command -v chromium || command -v chromium-browser || command -v google-chrome; }
if ! browser >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    # The typefaces are for Persian and Arabic, whose letters have other widths than boxes.
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-core fonts-noto-color-emoji >/dev/null ||
      echo "live setup: Chromium could not be installed; the desk's tests in a browser will be skipped" >&2
  else
    echo "live setup: install Chromium (Debian: apt-get install chromium fonts-noto-core fonts-noto-color-emoji), or name one in AMENDS_CHROMIUM, or the desk's tests in a browser are skipped" >&2
  fi
fi
bash "$here/platforms/stages/bluesky_network/install.sh" ||
  echo "live setup: Bluesky's reference servers could not be installed; their tests will be skipped" >&2
