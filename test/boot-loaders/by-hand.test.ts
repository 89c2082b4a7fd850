import { describe, expect, it } from "vitest";
import { extlinux, nixos } from "../../src/boot-loaders/by-hand.ts";
import { backEndOf, commandLineTool } from "../../src/boot-loaders/registry.ts";
import { hostFolder } from "../support/host/host-folder.ts";
import { actingHost, contentsOf, putProgram } from "./acting-host.ts";

describe("hosts whose command line a person's own text makes", () => {
  it("NixOS: is recognised, whatever its boot loader, and given what to put into the configuration", () => {
    const top = hostFolder({
      "etc/NIXOS": "",
      "etc/nixos/configuration.nix": "{}",
      "boot/loader/loader.conf": "",
      "boot/loader/entries/nixos-generation-1.conf": "version Generation 1\noptions init=/nix/store/x/init\n",
      "etc/default/grub": "",
    });
    const host = actingHost(top);
    const before = contentsOf(top);
    expect(backEndOf(host)).toBe(nixos);
    expect(commandLineTool(host)?.file).toBe("/etc/nixos/configuration.nix");
    expect(() => nixos.arm(host, "kprobes")).toThrow(
      /^Cannot change this host's kernel command line; by hand, put \[ ''kprobe_event="p:crngwatch\/wait,[^"\n]*"'' ''trace_event=[^"']+'' \] into boot\.kernelParams of the configuration, then run 'nixos-rebuild boot'$/,
    );
    expect(nixos.disarm(host)).toEqual({ files: [], commands: [] });
    expect(contentsOf(top)).toEqual(before);
  });

  it("Alpine with EXTLINUX: is recognised by its tool, and given what to add to its options", () => {
    const top = hostFolder({ "etc/update-extlinux.conf": 'default_kernel_opts="quiet"\n' });
    const host = actingHost(top);
    expect(backEndOf(host)).toBeNull();
    putProgram(top, "usr/sbin/update-extlinux", ":");
    expect(backEndOf(host)).toBe(extlinux);
    expect(() => extlinux.arm(host, "kprobes")).toThrow(
      /add kprobe_event=p:[^"']* to default_kernel_opts in '\/etc\/update-extlinux\.conf', then run/,
    );
  });

  it("state that the next boots are not known, in place of 'not armed'", () => {
    expect(() => nixos.nextBoot(actingHost(hostFolder({ "etc/NIXOS": "" })))).toThrow(/not known/);
  });
});
