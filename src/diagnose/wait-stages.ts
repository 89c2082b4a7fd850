/** A wait is logged when it passes these, in seconds, and then at each doubling of the last: 120, 240, … */
const stages: readonly number[] = [1, 10, 60];
const last = 60;

/** How many times a wait of this length was due to be logged: 0 below 1 s. */
export function stagesPassed(seconds: number): number {
  const passed = stages.filter((stage) => seconds >= stage).length;
  return seconds < last ? passed : passed + Math.floor(Math.log2(seconds / last));
}

/** When a wait of this length is due next, in seconds of its length. */
export function nextStage(seconds: number): number {
  return stages.find((stage) => seconds < stage) ?? last * 2 ** (Math.floor(Math.log2(seconds / last)) + 1);
}
