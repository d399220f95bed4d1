#!/bin/sh
# Passwords that libraries want in the environment may stand in files: NAME_FILE names the file of NAME.
set -eu
for name in PGPASSWORD REDIS_PASSWORD; do
  eval "file=\${${name}_FILE:-}"
  if [ -n "$file" ]; then
    value=$(cat "$file")
    export "$name=$value"
  fi
done
exec node "${POLYFOLIO_APP:-/app}/bin/polyfolio.js" "$@"
