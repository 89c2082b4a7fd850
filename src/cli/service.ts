/**
 * Aborted by SIGINT and SIGTERM, and by SIGHUP, the end of a terminal: an orderly end. A service has no terminal, and
 * no configuration to read again, so it keeps running.
 */
export function stopSignal(environment: NodeJS.ProcessEnv): AbortSignal {
  const controller = new AbortController();
  const isService = (environment["NOTIFY_SOCKET"] ?? environment["LISTEN_FDS"] ?? "") !== "";
  process.once("SIGINT", () => controller.abort());
  process.once("SIGTERM", () => controller.abort());
  process.on("SIGHUP", () => {
    if (!isService) controller.abort();
  });
  return controller.signal;
}

/** The first descriptor of socket activation, sd_listen_fds(3). */
const firstDescriptor = 3;

/** The descriptors of the sockets that systemd opened for this process; none where it passed none. */
export function passedSockets(environment: NodeJS.ProcessEnv): readonly number[] {
  const count = Number(environment["LISTEN_FDS"]);
  if (environment["LISTEN_PID"] !== String(process.pid) || !(count >= 1)) return [];
  return Array.from({ length: count }, (_, index) => firstDescriptor + index);
}
