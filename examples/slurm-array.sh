#!/bin/sh
#SBATCH --array=1-16
part=part-$SLURM_ARRAY_TASK_ID
if [ -e "$part" ]; then
  # Of an earlier try, which Slurm has ended, on whatever host it was.
  rm -f "$part/lock"
  set -- --resume "$part"
else
  set -- --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" --run "$part" specs/
fi
mremap-check verify --quiet "$@"
