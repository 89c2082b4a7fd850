export type KernelVersion = readonly [major: number, minor: number];

/** The first two numbers of uname -r; null: it does not begin with them. */
export function kernelVersion(release: string | null): KernelVersion | null {
  const match = /^(\d{1,3})\.(\d{1,3})/.exec(release ?? "");
  return match === null ? null : [Number(match[1]), Number(match[2])];
}

/** Whether a version is x.y or later. */
export function isFrom([major, minor]: KernelVersion, x: number, y: number): boolean {
  return major > x || (major === x && minor >= y);
}
