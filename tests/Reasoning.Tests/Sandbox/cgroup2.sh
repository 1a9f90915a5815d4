#!/bin/sh
# Runs the tests of the sandbox on cgroup v2, whatever this machine has: in a user-mode Linux, which needs nothing but the package user-mode-linux and
# sees this machine's files read-only. It has one slow processor. After a build, from a repository that is not below /tmp:
#
#   sh tests/Reasoning.Tests/Sandbox/cgroup2.sh [tests, as xunit's -method takes them; default: all of the sandbox]
self=$(readlink -f "$0")
folder=$(dirname "$self")
if [ $$ != 1 ]; then
    exec linux.uml mem=4096M rootfstype=hostfs rootflags=/ ro init="$self" tests="${1:-*.Tests.Sandbox.*}" con=null con0=null,fd:1 ssl=null quiet
fi

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t cgroup2 none /sys/fs/cgroup
mkdir -p /dev/shm
for memory in /tmp /run /dev/shm; do mount -t tmpfs tmpfs "$memory"; done
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LANG=C.UTF-8 DOTNET_EnableDiagnostics=0 DOTNET_GCHeapHardLimit=0x20000000
ip link set lo up
echo "controllers: $(cat /sys/fs/cgroup/cgroup.controllers)"
cd /tmp && dotnet exec "$folder/../bin/Release/net10.0/Nola.Reasoning.Tests.dll" -method "$tests" -reporter verbose -noColor
echo "groups left: $(ls -d /sys/fs/cgroup/nola-sandbox.* 2>/dev/null | wc -l)"
echo o > /proc/sysrq-trigger
sleep 60
