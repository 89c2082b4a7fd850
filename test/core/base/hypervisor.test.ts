import { describe, expect, it } from "vitest";
import { hypervisorOf } from "../../../src/core/base/hypervisor.ts";

describe("hypervisorOf", () => {
  it.each([
    ["Amazon EC2 c5.metal", "none"],
    ["Amazon EC2 m5.large", "amazon"],
    ["Amazon EC2 c5.metal-24xl", "none"],
    ["Xen HVM domU, BIOS 4.11.amazon 08/24/2006", "amazon"],
    ["Xen HVM domU, BIOS 4.17 01/01/2023", "xen"],
    ["DigitalOcean Droplet", "digitalocean"],
    ["Hetzner vServer", "hetzner"],
    ["Alibaba Cloud Alibaba Cloud ECS", "alibaba"],
    ["FUJITSU Hetzner test machine", null],
    ["Microsoft Corporation Virtual Machine", "hyper-v"],
    ["LENOVO 20XW", null],
  ])("of '%s' is %s", (hardware, name) => {
    expect(hypervisorOf(hardware)).toBe(name);
  });

  it("of a name that repeats what it looks for is found in linear time", () => {
    // A quadratic search of this one would outlast the test.
    expect(hypervisorOf("Amazon EC2 ".repeat(300_000))).toBe("amazon");
    expect(hypervisorOf("Microsoft Corporation ".repeat(300_000))).toBeNull();
  });
});
