#!/bin/sh
# A git server without accounts: git://git.aftersync-demo.svc/<repository>
set -eu
for files in /initial/*.yaml; do
  /scripts/commit.sh "$(basename "$files" .yaml)" <"$files"
done
exec git daemon --export-all --reuseaddr --base-path=/srv/repositories
