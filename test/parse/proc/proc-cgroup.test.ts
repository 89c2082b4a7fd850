import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseControlGroup } from "../../../src/parse/proc/proc-cgroup.ts";
import { anyText } from "../../support/inputs/any-text.ts";

const id = "4f1c0e6dcb1b6f5a0e7c2f7cf4a5a9b1c3d5e7f90123456789abcdef01234567";
const nobody = { unit: null, userUnit: null, container: null };

describe("a unit, by its control group", () => {
  it.each([
    ["/system.slice/sshd.service", "sshd.service", null],
    ["/init.scope", "init.scope", null],
    ["/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", null],
    [
      "/system.slice/system-systemd\\x2dcryptsetup.slice/systemd-cryptsetup@luks\\x2d1.service",
      "systemd-cryptsetup@luks\\x2d1.service",
      null,
    ],
    ["/system.slice/nginx.service/worker/3", "nginx.service", null],
    ["/system.slice/dev-hugepages.mount", "dev-hugepages.mount", null],
    ["/system.slice/_cpu.service", "cpu.service", null],
    ["/system.slice/gone.service (deleted)", "gone.service", null],
    ["/user.slice/user-1000.slice/session-3.scope", "session-3.scope", null],
    [
      "/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome\\x2dterminal.slice/x.service",
      "user@1000.service",
      "x.service",
    ],
    ["/user.slice/user-1000.slice/user@1000.service/init.scope", "user@1000.service", "init.scope"],
    ["/user.slice/user-1000.slice/user@1000.service", "user@1000.service", null],
    ["/../../system.slice/outside.service", "outside.service", null],
    ["/", null, null],
    ["/system.slice", null, null],
    ["/process_api/79380dfe9ce0b672", null, null],
  ])("%s", (path, unit, userUnit) => {
    expect(parseControlGroup(`0::${path}\n`)).toEqual({ unit, userUnit, container: null });
  });

  it("comes from systemd's own hierarchy", () => {
    const legacy = "12:pids:/system.slice/sshd.service\n11:cpu,cpuacct:/\n1:name=systemd:/system.slice/sshd.service\n";
    expect(parseControlGroup(legacy)).toEqual({ ...nobody, unit: "sshd.service" });
    expect(parseControlGroup(`${legacy}0::/\n`)).toMatchObject({ unit: "sshd.service" });
    expect(parseControlGroup("4:memory:/process_api/1\n1:name=systemd:/\n0::/other.service\n")).toEqual(nobody);
  });
});

describe("a container, by its control group", () => {
  it.each([
    [`/system.slice/docker-${id}.scope`, id],
    [`/machine.slice/libpod-${id}.scope/container`, id],
    [`/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${id}.scope/container`, id],
    [`/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1f_2e.slice/crio-${id}.scope`, id],
    [`/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1f.slice/cri-containerd-${id}.scope`, id],
    [`/system.slice/containerd.service/kubepods-besteffort-pod1f.slice:cri-containerd:${id}`, id],
    [`/kubepods/burstable/pod1f2e-3d/${id}`, id],
    [`/docker/${id}`, id],
    [`/docker/${id}/system.slice/cron.service`, id],
    ["/lxc.payload.web-1/system.slice/cron.service", "web-1"],
    ["/lxc/web_1", "web_1"],
    ["/lxc.payload/web-1", "web-1"],
    ["/lxc.payload/web.scope", null],
    ["/machine.slice/machine-f41\\x2dtest.scope/payload/init.scope", "f41-test"],
    ["/machine.slice/systemd-nspawn@f41.service/payload/system.slice/x.service", "f41"],
    [`/machine.slice/libpod-conmon-${id}.scope`, null],
    ["/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/emulator", null],
    ["/system.slice/docker.service", null],
    ["/lxc.monitor.web-1", null],
  ])("%s", (path, container) => {
    expect(parseControlGroup(`0::${path}\n`)).toMatchObject({ container });
  });

  it("may come from another hierarchy than systemd's", () => {
    expect(parseControlGroup(`5:devices:/docker/${id}\n1:name=systemd:/\n`)).toEqual({ ...nobody, container: id });
  });
});

it("/proc/PID/cgroup may hold anything", () => {
  for (const text of ["", "0::", "0:", "::/", "\n\n", "x:y:/z"]) expect(parseControlGroup(text)).toEqual(nobody);
  const component = fc.oneof(
    anyText({ maxLength: 20 }),
    fc.constantFrom("lxc", "..", "user@1.service", "a.slice", `docker-${id}.scope`),
  );
  fc.assert(
    fc.property(fc.array(component, { maxLength: 8 }), (names) => {
      const { unit, userUnit, container } = parseControlGroup(`0::/${names.join("/")}\n`);
      for (const name of [unit, userUnit]) expect(name ?? "a.service").toMatch(/^[\w:.@\\-]+\.\w+$/);
      expect(container).not.toBe("");
    }),
  );
});
