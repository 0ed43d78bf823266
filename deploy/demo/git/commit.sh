#!/bin/sh
# Makes standard input the one manifest of a repository: commit.sh REPOSITORY <manifests.yaml
set -eu
export HOME=/srv GIT_AUTHOR_NAME=demo GIT_AUTHOR_EMAIL=demo@example.com GIT_COMMITTER_NAME=demo GIT_COMMITTER_EMAIL=demo@example.com
bare=/srv/repositories/$1
[ -d "$bare" ] || git init -q --bare -b main "$bare"
work=$(mktemp -d)
git clone -q "$bare" "$work" 2>/dev/null
cat >"$work/manifests.yaml"
cd "$work"
git checkout -q -B main
git add manifests.yaml
git commit -q -m "Change manifests" || true
git push -q origin main
git rev-parse HEAD
rm -rf "$work"
