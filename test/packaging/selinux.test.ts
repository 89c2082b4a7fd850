import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sources } from "../../src/observe/registry.ts";
import { project, run } from "../support/running/program.ts";

const makefile = "/usr/share/selinux/devel/Makefile";
const reason = existsSync(makefile) ? null : "compiling the SELinux policy needs the package selinux-policy-dev";
if (reason !== null) console.warn(reason);

/** Per source of the daemon, what its domain must be allowed: the type, the class and one permission of it. */
const needed: Readonly<Record<string, readonly (readonly [type: string, kind: string, permission: string])[]>> = {
  getrandom: [],
  "random-sysctl": [["sysctl_kernel_t", "file", "read"]],
  fips: [
    ["sysctl_crypto_t", "file", "read"],
    ["etc_t", "file", "read"],
    ["system_map_t", "file", "read"],
  ],
  "kernel-identity": [["proc_t", "file", "read"]],
  "cpu-rng": [["proc_t", "file", "read"]],
  "hw-random": [["sysfs_t", "file", "read"]],
  "bootloader-seed": [["efivarfs_t", "dir", "read"]],
  "seed-file": [["init_var_lib_t", "file", "getattr"]],
  virtualization: [["sysfs_t", "file", "read"]],
  "dev-random-poll": [["random_device_t", "chr_file", "open"]],
  "flight-recorder": [
    ["tracefs_t", "file", "read"],
    ["debugfs_t", "file", "read"],
    ["boot_t", "file", "read"],
  ],
  "trace-instance": [
    ["tracefs_t", "dir", "create"],
    ["tracefs_t", "dir", "rmdir"],
    ["tracefs_t", "file", "write"],
  ],
  "waiting-tasks": [
    ["domain", "file", "read"],
    ["domain", "process", "ptrace"],
    ["self", "capability", "sys_ptrace"],
  ],
  "own-start": [],
  // devkmsg_open() asks for both: the capability, and the right to read the kernel's messages.
  kmsg: [
    ["kmsg_device_t", "chr_file", "read"],
    ["self", "capability2", "syslog"],
    ["kernel_t", "system", "syslog_read"],
  ],
  "host-facts": [["etc_t", "file", "read"]],
  platform: [["boot_t", "file", "read"]],
  // Both are read for a verb, in its caller's domain.
  "unit-times": [],
  suspects: [],
  generators: [],
};

it("crngwatch.te: each source has its row in the table of what it needs", () => {
  expect(sources.map(({ name }) => name).filter((name) => !(name in needed))).toEqual([]);
});

describe.skipIf(reason !== null)(`crngwatch.te${reason === null ? "" : ` (${reason})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "crngwatch-selinux-"));
  /** What the policy allows crngwatch_t when its macros are expanded: "type:class" to permissions. */
  const allowed = new Map<string, Set<string>>();
  /** The policy with its macros expanded. */
  let expanded = "";
  let warnings = "";

  beforeAll(async () => {
    cpSync(join(project, "packaging/selinux"), folder, { recursive: true });
    const made = await run("make", ["-s", "-C", folder, "-f", makefile, "crngwatch.pp"]);
    expect(made.code, made.stderr).toBe(0);
    warnings = made.stderr;
    expanded = readFileSync(join(folder, "tmp/crngwatch.tmp"), "utf8");
    for (const [, type = "", kinds = "", permissions = ""] of expanded.matchAll(
      /^\s*allow crngwatch_t ([^:]+):(\w+|\{[^}]*\}) ([^;]+);/gm,
    )) {
      for (const target of wordsOf(type))
        for (const kind of wordsOf(kinds)) {
          const key = `${target}:${kind}`;
          allowed.set(key, new Set([...(allowed.get(key) ?? []), ...wordsOf(permissions)]));
        }
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(Object.entries(needed))("the daemon's domain has what %s needs", (_source, permissions) => {
    const lacking = permissions.filter(([type, kind, one]) => allowed.get(`${type}:${kind}`)?.has(one) !== true);
    expect(lacking).toEqual([]);
  });

  it("systemd's services enter the domain by bin/crngwatch alone, also with NoNewPrivileges=", () => {
    expect(expanded).toMatch(/^\s*type_transition init_t crngwatch_exec_t:process crngwatch_t;/m);
    const entries = expanded.matchAll(/^\s*allow crngwatch_t (\S+):file \{?[^;]*\bentrypoint\b/gm);
    expect(new Set([...entries].map(([, type]) => type))).toEqual(new Set(["crngwatch_exec_t"]));
    expect(expanded).toMatch(/^\s*allow init_t crngwatch_t:process2 \{[^}]*\bnnp_transition\b/m);
    // Fedora's policy has the right in an interface of its own.
    const source = readFileSync(join(project, "packaging/selinux/crngwatch.te"), "utf8");
    expect(source).toMatch(/^ifdef\(`init_nnp_daemon_domain',`\n\tinit_nnp_daemon_domain\(crngwatch_t\)\n'\)$/m);
  });

  it("Node is run in the same domain, so that the loader accepts LD_PRELOAD: no second transition, no secure mode", () => {
    for (const type of ["crngwatch_exec_t:file", "bin_t:file", "shell_exec_t:file"])
      expect(allowed.get(type), type).toContain("execute_no_trans");
    expect(expanded).not.toMatch(/^\s*type_transition crngwatch_t \S+:process /m);
  });

  it("the daemon may lower its capabilities, and may neither write executable memory nor pass over permissions", () => {
    expect(allowed.get("self:process")).toContain("setcap");
    expect(allowed.get("self:process")).not.toContain("execmem");
    expect([...(allowed.get("self:capability") ?? [])].toSorted()).toEqual(["sys_ptrace"]);
    expect(warnings).not.toMatch(/warning/i);
  });
});

const wordsOf = (text: string): readonly string[] => text.split(/[\s{}]+/).filter((word) => word !== "");
