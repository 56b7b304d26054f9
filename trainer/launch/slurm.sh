#!/usr/bin/env bash
# sbatch trainer/launch/slurm.sh CONFIG BLEND OUT: training on several nodes. NEVER RUN: no GPU cluster was at hand.
# For vLLM in server mode add a node, start vLLM's server there as docs/training.md says, and set generator: vllm_server
# with its vllm_url. A job that is stopped goes on from its last checkpoint when it is submitted again.
#SBATCH --job-name=crossthink-train
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=8
#SBATCH --cpus-per-task=32
#SBATCH --time=24:00:00
#SBATCH --requeue
set -euo pipefail
CONFIG=$1 BLEND=$2 OUT=$3
HEAD=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
export CONFIG BLEND OUT HEAD
# One task a node; accelerate starts a process for each of its GPUs.
srun bash -c 'accelerate launch --config_file trainer/launch/zero3_32b.yaml \
	--num_machines "$SLURM_NNODES" --num_processes $((8 * SLURM_NNODES)) \
	--machine_rank "$SLURM_NODEID" --main_process_ip "$HEAD" --main_process_port 29500 \
	-m trainer "$CONFIG" --blend "$BLEND" --out "$OUT"'
