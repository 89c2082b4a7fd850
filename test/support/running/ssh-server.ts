import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { until } from "./until.ts";
import { temporaryFolder } from "../host/host-folder.ts";
import { whyMissing } from "./programs.ts";
import { freePort } from "./prometheus.ts";

/** Why there is no OpenSSH to test with; null where there is. */
export const whyNoSsh =
  whyMissing("ssh", "ssh-keygen", "/usr/sbin/sshd") ??
  (process.getuid?.() === 0 ? null : "sshd logs in another user only as root");

/**
 * Starts a real sshd on loopback until the test ends; an `ssh` that reaches it as the host "here", with keys of its
 * own.
 */
export async function startSshServer(): Promise<string> {
  const folder = temporaryFolder();
  const port = await freePort();
  for (const key of ["host", "user"]) {
    const { status, stderr } = spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, key)]);
    if (status !== 0) throw new Error(`ssh-keygen: ${String(stderr)}`);
  }
  // Where sshd separates its privileges; Debian's unit makes it.
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const server = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${join(folder, "host")}`,
    `AuthorizedKeysFile ${join(folder, "user.pub")}`,
    "PidFile none",
    "StrictModes no",
    "PermitRootLogin yes",
    "PasswordAuthentication no",
    "UsePAM no",
  ];
  writeFileSync(join(folder, "sshd_config"), `${server.join("\n")}\n`);
  const client = [
    "Host here",
    "  HostName 127.0.0.1",
    `  Port ${port}`,
    "  User root",
    `  IdentityFile ${join(folder, "user")}`,
    "  IdentitiesOnly yes",
    "  StrictHostKeyChecking no",
    `  UserKnownHostsFile ${join(folder, "known_hosts")}`,
    "  LogLevel ERROR",
  ];
  writeFileSync(join(folder, "ssh_config"), `${client.join("\n")}\n`);
  const ssh = join(folder, "ssh");
  writeFileSync(ssh, `#!/bin/sh\nexec ssh -F ${join(folder, "ssh_config")} "$@"\n`);
  chmodSync(ssh, 0o755);

  const child = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", join(folder, "sshd_config")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  onTestFinished(() => void child.kill("SIGKILL"));
  await until(
    () => `sshd to listen; it said: ${said}`,
    async () => {
      const socket = connect(port, "127.0.0.1");
      const answered = await new Promise<boolean>((resolve) => {
        socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      });
      socket.destroy();
      return answered;
    },
  );
  return ssh;
}
