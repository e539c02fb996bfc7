#!/bin/bash
# A search on several nodes, head and workers in one job, stopped and taken up again before the time limit:
#   sbatch experiments/cluster/slurm_nodes.sh space=fusion budget=400 run.name=mine run.folder=/shared/runs
#SBATCH --job-name=search
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=16
#SBATCH --gpus-per-node=4
#SBATCH --time=24:00:00
#SBATCH --signal=B:USR1@120
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=search-%j.log
set -euo pipefail

VENV=${VENV:-$PWD/.venv} # of this project, where all nodes see it
PATH=$VENV/bin:$PATH

# Two jobs may share a node: ports and a folder of this job's own, and a token without which nobody else gets in.
port=$((20000 + SLURM_JOB_ID % 10000))
folder=/tmp/ray-$SLURM_JOB_ID # short, for sockets lie in it
RAY_AUTH_MODE=token
RAY_AUTH_TOKEN=$(python -c 'import secrets; print(secrets.token_hex(32))')
export RAY_AUTH_MODE RAY_AUTH_TOKEN
export RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S=0 # nothing runs on a node by the time it is ended
unset RAY_ADDRESS

mapfile -t nodes < <(scontrol show hostnames "$SLURM_JOB_NODELIST")
ip=$(srun --nodes=1 --ntasks=1 --nodelist="${nodes[0]}" hostname -I | cut -d' ' -f1)
common=(
    --num-cpus="${SLURM_CPUS_PER_TASK:-1}" --num-gpus="${SLURM_GPUS_ON_NODE:-0}"
    --min-worker-port=0 --max-worker-port=0 # any that are free
    --disable-usage-stats --block
)

# shellcheck disable=SC2329 # the trap calls it
stop() { # the driver, which ends as after Ctrl-C
    if [[ ${driver-} ]]; then
        kill -TERM "$driver" 2>/dev/null || true
    else
        exit 143
    fi
}
# shellcheck disable=SC2329 # the trap calls it
clean() {
    trap '' USR1 TERM INT
    for each in "${driver-}" "${workers-}" "${head-}"; do # the head last, for the others say goodbye to it
        if [[ $each ]]; then
            kill -TERM "$each" 2>/dev/null || true
            wait "$each" 2>/dev/null || true
        fi
    done
    srun --nodes="${#nodes[@]}" --ntasks="${#nodes[@]}" rm -rf "$folder" || true
}
# USR1 comes 120 s before the time limit: the search stops and the job is queued again. TERM comes where it is preempted,
# which queues it again by itself, or cancelled, which it is to remain.
again=
trap 'again=yes; stop' USR1
trap stop TERM INT
trap clean EXIT

srun --nodes=1 --ntasks=1 --nodelist="${nodes[0]}" --overlap \
    ray start --head --node-ip-address="$ip" --port="$port" --temp-dir="$folder" --include-dashboard=false \
    "${common[@]}" &
head=$!
if [[ ${#nodes[@]} -gt 1 ]]; then
    # shellcheck disable=SC2016 # expanded on the node
    srun --nodes=$((${#nodes[@]} - 1)) --ntasks=$((${#nodes[@]} - 1)) --exclude="${nodes[0]}" --overlap \
        bash -c 'exec ray start --node-ip-address="$(hostname -I | cut -d" " -f1)" "$@"' - --address="$ip:$port" \
        "${common[@]}" &
    workers=$!
fi
python -m search.runners.wait_for_nodes "$ip:$port" "${#nodes[@]}"

# From here on both SLURM scripts are alike: sbatch takes one file, away from its folder.
python -m search.run "$@" runner.address="$ip:$port" &
driver=$!
status=0
wait "$driver" || status=$?
while kill -0 "$driver" 2>/dev/null; do # wait ends at once where a signal comes
    status=0
    wait "$driver" || status=$?
done
if [[ $again && $status != 0 ]]; then
    scontrol requeue "$SLURM_JOB_ID"
fi
exit "$status"
