/**
 * What shows the end of a unit's start beside systemd's status lines: its debug log (src/core/service.c, job.c,
 * manager.c) and the audit log (systemd writes SERVICE_START once the unit is active).
 */
const jobDone =
  /^(\S{1,200}\.service): (?:Job (?:\d{1,10} )?\S{1,200}\/start finished, result=done|Changed start -> (?:exited|dead|running)\b|Got notification message from PID \d{1,10} \(READY=1\b)/;
/** Of a unit with a single process its exit is the end. */
const childDone =
  /^(systemd-random-seed\.service): (?:Child \d{1,10} belongs to |Main process exited, code=exited, status=0\b)/;
/** A task's name has fifteen characters. */
const seedExits = /^Received SIGCHLD from PID \d{1,10} \(systemd-random-\)/;
const audited =
  /^(?:audit: type=1130 audit\([\d.:]{1,40}\): |SERVICE_START )pid=1 .{0,200}?\bmsg='unit=([\w@.:\\-]{1,200}) .{0,300}\bres=success/;

/** The unit whose start is over by this line; null: it shows no such end. */
export function endedStart(program: string | null, text: string): string | null {
  if (program === "systemd") {
    if (seedExits.test(text)) return "systemd-random-seed.service";
    return jobDone.exec(text)?.[1] ?? childDone.exec(text)?.[1] ?? null;
  }
  if (program !== null && program !== "audit") return null;
  const unit = audited.exec(text)?.[1];
  return unit === undefined ? null : `${unit}.service`;
}
