#!/bin/sh
# What an image holds that it should not, without running anything of it:
#     sh deploy/scan-image.sh [IMAGE]          (wirewatch:local; docker or podman, or $CONTAINER_TOOL)
# Exit 1 where something is amiss: it runs as root, files lend the rights of their owner (setuid, setgid),
# compilers, caches of package managers. Shells are listed, for you to judge by.
set -eu
image=${1:-wirewatch:local}
tool=${CONTAINER_TOOL:-$(command -v docker || command -v podman || true)}
if [ -z "$tool" ]; then
    echo "scan-image: neither docker nor podman is installed; name one in CONTAINER_TOOL" >&2
    exit 2
fi

folder=$(mktemp -d)
container=
trap '[ -z "$container" ] || "$tool" rm "$container" > /dev/null; rm -rf "$folder"' EXIT
user=$("$tool" image inspect --format '{{.Config.User}}' "$image")
container=$("$tool" create "$image")  # its files can be listed then; it is never started
"$tool" export "$container" > "$folder/files.tar"
tar -tvf "$folder/files.tar" > "$folder/files"

bad=0
amiss() {
    bad=1
    echo "scan-image: $image: $1" >&2
}
# The names of the plain files whose line, as tar shows it, an awk condition holds for.
having() {
    awk -v most=10 '
        /^[-h]/ {
            mode = $1; name = $0
            for (field = 0; field < 5; field++) sub(/^[^ ]+ +/, "", name)
            sub(/ link to .*/, "", name)
            if ('"$1"') { if (++found <= most) printf "%s ", name }
        }
        END { if (found > most) printf "and %d more", found - most }' "$folder/files"
}

case ${user%%:*} in
    "" | 0 | root) amiss "runs as root: wanted USER with a number above 0" ;;
    *[!0-9]*) amiss "runs as user $user, by name: wanted a number, which Kubernetes can check" ;;
esac
lending=$(having 'mode ~ /^...[sS]/ || mode ~ /^......[sS]/')
[ -z "$lending" ] || amiss "setuid or setgid: $lending"
building=$(having 'name ~ /(^|\/)s?bin\/(cc|gcc|g\+\+|clang|tcc|c\+\+|ld|make)$/')
[ -z "$building" ] || amiss "compilers: $building"
caches=$(having 'name ~ /^(\.\/)?(var\/lib\/apt\/lists\/.*_(In)?Release$|var\/lib\/apt\/lists\/.*_Packages|var\/cache\/apt\/.*\.(bin|deb)$|var\/cache\/apk\/.|var\/cache\/(dnf|yum)\/.)/ || name ~ /\.cache\/(pip|uv)\//')
[ -z "$caches" ] || amiss "caches of package managers: $caches"

shells=$(awk '/^[-hl]/ {
    name = $0
    for (field = 0; field < 5; field++) sub(/^[^ ]+ +/, "", name)
    sub(/ (->|link to) .*/, "", name)
    if (name ~ /(^|\/)bin\/(sh|ash|bash|busybox|csh|dash|fish|ksh|rbash|tcsh|zsh)$/) printf " %s", name
}' "$folder/files")
echo "scan-image: $image: runs as user ${user:-root}; shells:${shells:- none}"
[ "$bad" = 1 ] || echo "scan-image: $image: nothing amiss"
exit "$bad"
