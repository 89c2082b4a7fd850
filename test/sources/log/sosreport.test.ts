import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openLogs } from "../../../src/sources/log/log-input.ts";
import { hostFolder, temporaryFolder } from "../../support/host/host-folder.ts";
import { everything, fileWith, log, only, text } from "../../support/inputs/logs.ts";
import { whyMissing } from "../../support/running/programs.ts";
import { archive, member } from "../../support/inputs/tar-archive.ts";

const files: Readonly<Record<string, string | Uint8Array>> = {
  "etc/notes.conf": "none",
  "etc/os-release": 'ID=rocky\nID_LIKE="rhel centos fedora"\nPRETTY_NAME="Rocky Linux 9"\n',
  "installed-rpms": "none",
  "proc/cmdline": "ro fips=1\n",
  "sos_commands/kernel/dmesg": log,
  "sos_commands/kernel/dmesg_-T": "the same with other stamps",
  "sos_commands/kernel/sysctl_-a":
    "crypto.fips_enabled = 1\nkernel.random.boot_id = 1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed\n",
  "sos_commands/kernel/uname_-a": "Linux host 5.14.0 #1 SMP\n",
  "sos_commands/logs/journalctl_--disk-usage": "none",
  "sos_commands/logs/journalctl_--no-pager_--boot": "journal",
  "sos_strings/logs/var.log.messages.tailed": "tail",
  "var/log/anaconda/anaconda.log": "none",
  "var/log/messages-20240101.gz": gzipSync(log),
  "var/log/secure": "none",
};
const facts = {
  fipsEnabled: true,
  commandLine: "ro fips=1",
  release: "5.14.0",
  distribution: { id: "rocky", like: ["rhel", "centos", "fedora"], name: "Rocky Linux 9" },
  bootId: "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
};
const below = (prefix: string): Record<string, string | Uint8Array> =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [`${prefix}${path}`, content]));
const inOrder = (top: string): object =>
  only(
    text(`${top}/sos_commands/kernel/dmesg`),
    text(`${top}/sos_commands/logs/journalctl_--no-pager_--boot`, "journal"),
    text(`${top}/var/log/messages-20240101.gz`),
    text(`${top}/sos_strings/logs/var.log.messages.tailed`, "tail"),
  );

describe("a sosreport in a folder", () => {
  it("has its logs, the most complete first, and its facts", async () => {
    const top = hostFolder(files);
    const { inputs, ...others } = await everything(top);
    expect(others).toEqual(inOrder(top));
    expect(inputs.map(({ report }) => report)).toEqual(Array.from({ length: 4 }, () => ({ name: top, facts })));
    expect(inputs[0]?.totalBytes).toBe(log.length);
  });

  it("may be one of several in the folder that is named", async () => {
    const top = hostFolder({
      ...below("sosreport-a/"),
      "sosreport-b/sos_commands/kernel/dmesg": "b",
      "else/dmesg": "none",
    });
    const { logs, inputs } = await everything(top);
    expect(logs.map(({ name }) => name.slice(top.length + 1)).at(-1)).toBe("sosreport-b/sos_commands/kernel/dmesg");
    expect(new Set(inputs.map(({ report }) => report?.name))).toEqual(
      new Set([join(top, "sosreport-a"), join(top, "sosreport-b")]),
    );
  });

  it("is not left by a link, nor read twice by one", async () => {
    const outside = hostFolder({ messages: "secret", "log/messages": "secret" });
    const top = hostFolder({
      "sos_commands/kernel/dmesg": log,
      "sos_strings/logs/var.log.messages.tailed": "tail",
      "var/x": "",
    });
    mkdirSync(join(top, "sos_commands/logs"));
    symlinkSync("../../sos_strings/logs/var.log.messages.tailed", join(top, "sos_commands/logs/journalctl_--no-pager"));
    symlinkSync("../kernel", join(top, "sos_commands/general"));
    symlinkSync(join(outside, "log"), join(top, "var/log"));
    expect(await everything(top)).toMatchObject(
      only(text(`${top}/sos_commands/kernel/dmesg`), text(`${top}/sos_strings/logs/var.log.messages.tailed`, "tail")),
    );
  });

  it("goes on after a log that cannot be read", async () => {
    const top = hostFolder({ "sos_commands/kernel/dmesg": gzipSync(log).subarray(0, 12), "var/log/messages": log });
    expect(await everything(top)).toMatchObject({
      logs: [
        { name: `${top}/sos_commands/kernel/dmesg`, error: expect.stringMatching(/it is cut short$/) },
        text(`${top}/var/log/messages`),
      ],
      error: null,
    });
  });

  it("may have no log at all", async () => {
    expect(await everything(hostFolder({ "sos_commands/kernel/lsmod": "x" }))).toEqual({
      logs: [],
      inputs: [],
      error: null,
    });
  });
});

describe("a sosreport in an archive", () => {
  const logsIn = (top: string): readonly string[] =>
    [
      "sos_commands/kernel/dmesg",
      "sos_commands/logs/journalctl_--no-pager_--boot",
      "sos_strings/logs/var.log.messages.tailed",
      "var/log/messages-20240101.gz",
    ].map((path) => `${top}/${path}`);

  it.for(["gz", "xz", "zst"])("made by tar(1): .tar.%s", async (suffix, context) => {
    const why = whyMissing("tar", suffix === "gz" ? "gzip" : suffix === "xz" ? "xz" : "zstd");
    if (why !== null) return context.skip(why);
    const [source, path] = [hostFolder(below("sosreport-x/")), join(temporaryFolder(), `sos.tar.${suffix}`)];
    execFileSync("tar", ["-C", source, "--sort=name", "-caf", path, "sosreport-x"]);
    const { logs, inputs, error } = await everything(path);
    expect([logs.map(({ name }) => name), error]).toEqual([logsIn(`${path}/sosreport-x`), null]);
    expect(logs.map(({ text: content }) => content)).toEqual([log, "journal", "tail", log]);
    expect(inputs.map(({ report }) => report)).toEqual(
      Array.from({ length: 4 }, () => ({ name: `${path}/sosreport-x`, facts })),
    );
  });

  it("is known in whatever order, and without a folder of its own", async () => {
    const path = fileWith(
      archive(
        ...Object.entries(files)
          .toReversed()
          .map(([name, content]) => member({ path: `./${name}` }, Buffer.from(content))),
      ),
    );
    const { logs, inputs, error } = await everything(path);
    expect(error).toBeNull();
    expect(
      logs
        .map(({ name }) => name.replace("/./", "/"))
        .filter((name) => !name.endsWith("anaconda.log"))
        .toSorted(),
    ).toEqual(logsIn(path));
    expect(inputs.at(-1)?.report).toEqual({ name: path, facts });
  });

  it("may be one of many that `sos collect` fetched", async () => {
    const report = (host: string): Buffer =>
      gzipSync(
        archive(
          member({ path: `sosreport-${host}/sos_commands/kernel/dmesg.gz` }),
          member({ path: `sosreport-${host}/sos_commands/kernel/dmesg` }, `of ${host}`),
        ),
      );
    const path = fileWith(
      gzipSync(
        archive(
          member({ path: "sos-collector/sos_reports/manifest.json" }, "{}"),
          ...["a", "b"].map((host) => member({ path: `sos-collector/sosreport-${host}.tar.gz` }, report(host))),
        ),
      ),
    );
    const { logs, inputs } = await everything(path);
    expect(logs).toEqual(
      ["a", "b"].map((host) =>
        text(
          `${path}/sos-collector/sosreport-${host}.tar.gz/sosreport-${host}/sos_commands/kernel/dmesg`,
          `of ${host}`,
        ),
      ),
    );
    expect(new Set(inputs.map(({ report: of }) => of?.name)).size).toBe(2);
  });

  it("that is cut short keeps what it had", async () => {
    const bytes = archive(
      ...Object.entries(below("s/")).map(([name, content]) => member({ path: name }, Buffer.from(content))),
    );
    const end = bytes.indexOf("s/sos_commands/logs/journalctl_--no-pager_--boot") + 512 + 3;
    const path = fileWith(bytes.subarray(0, end));
    const { logs, error } = await everything(path);
    expect(logs).toEqual([
      text(`${path}/s/sos_commands/kernel/dmesg`),
      {
        ...text(`${path}/s/sos_commands/logs/journalctl_--no-pager_--boot`, "jou"),
        error: `Cannot read all of '${path}': the archive is cut short at byte ${end}`,
      },
    ]);
    expect(error).toBeNull();
  });
});

it("is left at any time with nothing read for it", async () => {
  const path = fileWith(
    gzipSync(
      archive(
        member({ path: "s/sos_commands/kernel/dmesg" }, log),
        member({ path: "s/var/log/messages" }, Buffer.alloc(1 << 24, log)),
      ),
    ),
  );
  for await (const input of openLogs(path)) {
    expect(input.name).toBe(`${path}/s/sos_commands/kernel/dmesg`);
    break;
  }
});
