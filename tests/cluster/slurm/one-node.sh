#!/usr/bin/env bash
# A SLURM cluster of one node for tests: munged, slurmctld and slurmd from Debian's packages, without systemd,
# accounting or cgroups. Needs root and the packages slurm-wlm and munge.
#   one-node.sh start FOLDER
#   one-node.sh stop FOLDER
# FOLDER holds configuration, state and logs; munge refuses it below a folder that others may write to. Until it
# is stopped, /etc/slurm/slurm.conf points there: Snakemake's jobs start without SLURM_CONF. A configuration that
# is there already is left alone, and nothing is started.
set -euo pipefail

folder=$2
export SLURM_CONF=$folder/slurm.conf
node=$(hostname -s)
link=/etc/slurm/slurm.conf

stop() {
  if [ "$(readlink "$link")" = "$SLURM_CONF" ]; then rm "$link"; fi # left behind, it slows every start of Snakemake
  for daemon in slurmd slurmctld munge/munged; do
    [ -s "$folder/$daemon.pid" ] || continue
    process=$(cat "$folder/$daemon.pid")
    kill "$process" 2>/dev/null || true
    for _ in $(seq 50); do kill -0 "$process" 2>/dev/null || break; sleep 0.1; done
    rm -f "$folder/$daemon.pid"
  done
}

# Waits until a command succeeds, at most 20 seconds.
await() {
  for _ in $(seq 100); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.2
  done
  echo "$* did not succeed within 20 s" >&2
  tail -n 20 "$folder"/*.log >&2
  return 1
}

# The first of two neighbouring ports that nothing listens on.
free_port() {
  python3 - <<'PY'
import socket
while True:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        try:
            two.bind(("127.0.0.1", one.getsockname()[1] + 1))
        except OSError:
            continue
        print(one.getsockname()[1])
        break
PY
}

configure() {
  local port memory
  port=$(free_port)
  memory=$(awk '/MemTotal/ {print int($2 / 1024 * 0.9)}' /proc/meminfo)
  cat >"$SLURM_CONF" <<CONF
ClusterName=one
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=batch_sched_delay=0,bf_interval=1,sched_interval=1,sched_min_interval=0
SlurmdParameters=config_overrides
ReturnToService=2
MpiDefault=none
SwitchType=switch/none
EnforcePartLimits=ALL
MinJobAge=300
KillWait=5
MailProg=/bin/true
DefMemPerCPU=256
GresTypes=gpu
NodeName=$node NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$memory Gres=gpu:1 State=UNKNOWN
PartitionName=main Nodes=$node Default=YES MaxTime=INFINITE State=UP
CONF
  # a stand-in for a GPU, so that requests for one are scheduled; any character device will do
  [ -c "$folder/gpu" ] || mknod "$folder/gpu" c 1 3
  echo "NodeName=$node Name=gpu File=$folder/gpu" >"$folder/gres.conf"
  # slurmd wants a cgroup plugin even where nothing uses one; from 23.11 on there is one that does nothing
  if [ "$(slurmd -V | sed 's/[^0-9.]//g' | awk -F. '{print ($1 * 100 + $2 >= 2311)}')" = 1 ]; then
    echo "CgroupPlugin=disabled" >"$folder/cgroup.conf"
  else
    printf 'CgroupPlugin=cgroup/v1\nCgroupAutomount=no\nCgroupMountpoint=%s\n' "$folder/cgroup" >"$folder/cgroup.conf"
  fi
}

start() {
  stop
  if [ -e "$link" ]; then echo "$link is there: this machine has a cluster already" >&2; exit 3; fi
  install -d -m 755 "$folder" "$folder/state" "$folder/spool" "$folder/cgroup"
  install -d -m 755 -o munge -g munge "$folder/munge"
  [ -s "$folder/munge/key" ] || head -c 1024 /dev/urandom >"$folder/munge/key"
  chown munge:munge "$folder/munge/key"
  chmod 400 "$folder/munge/key"
  runuser -u munge -- munged --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
    --pid-file="$folder/munge/munged.pid" --log-file="$folder/munge/munged.log" --seed-file="$folder/munge/seed"
  configure
  slurmctld -c -f "$SLURM_CONF"
  await sh -c 'scontrol ping | grep -q UP'
  slurmd -f "$SLURM_CONF" -N "$node" 2>/dev/null
  await sh -c '[ "$(sinfo --noheader --format=%t)" = idle ]'
  await srun --ntasks=1 --time=1 true
  install -d "${link%/*}"
  ln -s "$SLURM_CONF" "$link"
}

case $1 in
start | stop) "$1" ;;
*) echo "usage: $0 start|stop FOLDER" >&2; exit 2 ;;
esac
