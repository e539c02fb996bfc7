#!/bin/bash
# A search on one node with all its GPUs, stopped and taken up again before the time limit:
#   sbatch experiments/cluster/slurm_one_node.sh space=fusion budget=400 run.name=mine run.folder=/shared/runs
#SBATCH --job-name=search
#SBATCH --nodes=1
#SBATCH --ntasks=1
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
export RAY_TMPDIR=/tmp/ray-$SLURM_JOB_ID # of this job alone; short, for sockets lie in it
mkdir -p "$RAY_TMPDIR"
trap 'rm -rf "$RAY_TMPDIR"' EXIT

# USR1 comes 120 s before the time limit: the search stops and the job is queued again. TERM comes where it is preempted,
# which queues it again by itself, or cancelled, which it is to remain.
again=
trap 'again=yes; kill -TERM "$driver" 2>/dev/null || true' USR1
trap 'kill -TERM "$driver" 2>/dev/null || true' TERM INT

# From here on both SLURM scripts are alike: sbatch takes one file, away from its folder.
python -m search.run "$@" &
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
