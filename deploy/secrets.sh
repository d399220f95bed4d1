#!/bin/sh
# Makes the secrets that compose.yaml names, where they are not there yet.
set -eu
folder=${1:-secrets}
umask 077
mkdir -p "$folder"
for name in postgres_password redis_password store_key; do
  if [ ! -s "$folder/$name" ]; then
    openssl rand -hex 32 >"$folder/$name.new"
    # A container reads it as another user.
    chmod 0444 "$folder/$name.new"
    mv "$folder/$name.new" "$folder/$name"
  fi
done
