import type { Trouble } from "./trouble.ts";

/** What the kernel prints of faults in graphics, network and USB devices, on the PCIe bus, and of hardware errors. */
export const peripheralTrouble: readonly Trouble[] = [
  {
    id: "gpu-hang",
    kind: "device",
    gravity: "breaks",
    by: "kernel",
    pattern:
      /^((?:(?:amdgpu|radeon|i915|nouveau|xe|msm_dpu|panfrost|etnaviv-gpu|v3d) \S{1,40}: (?:amdgpu: |gpu: )?)?(?:\[drm(?::[^\]]{1,80})?\]{1,2} ?)?(?:\*ERROR\* )?(?:ring \S{1,24} timeout\b|ring \d{1,3} stalled for more than |GPU HANG: |GPU reset\(\d{1,6}\) failed|GPU Recovery Failed|GPU lockup|Waiting for fences timed out|\[CRTC:[^\]]{1,40}\] flip_done timed out|fifo: (?:SCHED_ERROR|fault)|gpu sched timeout).*|NVRM: (?:Xid |GPU at .{1,60} has fallen off the bus|RmInitAdapter failed).*)$/,
    says: "$1",
    source: "drivers/gpu/drm, NVIDIA's kernel module",
    examples: [
      "[drm:amdgpu_job_timedout [amdgpu]] *ERROR* ring gfx timeout, signaled seq=2, emitted seq=4",
      "amdgpu 0000:01:00.0: [drm] *ERROR* [CRTC:72:crtc-0] flip_done timed out",
      "i915 0000:00:02.0: [drm] GPU HANG: ecode 9:1:85dffffb, in game [812]",
      "NVRM: Xid (PCI:0000:01:00): 79, pid=1, GPU has fallen off the bus.",
    ],
    near: [
      "amdgpu 0000:01:00.0: amdgpu: ring gfx uses VM inv eng 0 on hub 0",
      "NVRM: loading NVIDIA UNIX x86_64 Kernel Module  550.54",
      "[drm] GPU posting now...",
    ],
  },
  {
    id: "network-device",
    kind: "network",
    gravity: "warns",
    by: "kernel",
    pattern:
      /^(NETDEV WATCHDOG: .{1,80}transmit queue \d{1,3} timed out.*|(?:e1000e?|igb|igc|ixgbe|i40e|bnx2x?|tg3|r8169|r8152|mlx[45]_core|virtio_net|fec|stmmac\w{0,12}) \S{1,40}(?: \S{1,24})?: (?:Detected (?:Hardware Unit|Tx Unit) Hang|Reset adapter|transmit timed out|Tx status -\d{1,3}|Rx status -\d{1,3}).*|(?:ath\w{2,8}|iwlwifi|brcmfmac|mt76\w{0,6}|mt79\w{0,6}|rtw_?\w{0,12}|wlcore|mwifiex_\w{1,8})(?: \S{1,40})?: (?:.{0,24}firmware crashed|Microcode SW error detected|Error sending \S{1,40}: time out|Failed to start (?:RT|INIT) ucode|brcmf_\w{1,40}: .{0,60}(?:timed out|bus is down|dongle is not responding)|Message \w{8} \(seq \d{1,3}\) timeout|failed to (?:start hw|wake tx queue)|.{0,40}firmware failed to (?:ACK|start)).*)$/,
    says: "$1",
    source: "net/sched/sch_generic.c, drivers/net",
    examples: [
      "NETDEV WATCHDOG: eth0 (r8169): transmit queue 0 timed out",
      "e1000e 0000:00:19.0 eno1: Detected Hardware Unit Hang:",
      "iwlwifi 0000:00:14.3: Microcode SW error detected. Restarting 0x0.",
      "brcmfmac: brcmf_sdio_htclk: HT Avail timeout, timed out",
      "ath10k_pci 0000:01:00.0: firmware crashed! (guid 0-0)",
    ],
    near: [
      "e1000e 0000:00:19.0 eno1: NIC Link is Up 1000 Mbps Full Duplex, Flow Control: None",
      "iwlwifi 0000:00:14.3: loaded firmware version 46.6bf1df06.0 9000-pu-b0-jf-b0-46.ucode",
    ],
  },
  {
    id: "usb-device",
    kind: "device",
    gravity: "warns",
    by: "kernel",
    pattern:
      /^(usb \S{1,40}: device (?:descriptor read\/\S{1,8}|not accepting address \d{1,3}), error -\d{1,3}.*|usb \S{1,16}-port\d{1,3}: (?:unable to enumerate USB device|Cannot enable\..*|connect-debounce failed.*|over-current condition.*)|(?:xhci[_-]hcd|ehci-\w{1,12}|dwc\d|ohci-\w{1,12}) \S{1,40}: (?:xHCI host (?:controller )?not responding.*|HC died; cleaning up|USB core suspending.{0,40} error.*|Setup ERROR: .*|Error while assigning device slot ID.*|Abort failed to stop command ring.*|probe with driver \S{1,40} failed.*|(?:can't setup|init \S{1,40} fail).*))$/,
    says: "$1",
    source: "drivers/usb/core/hub.c, drivers/usb/host",
    examples: [
      "usb 1-4: device descriptor read/64, error -110",
      "usb usb1-port4: unable to enumerate USB device",
      "xhci_hcd 0000:00:14.0: xHCI host controller not responding, assume dead",
    ],
    near: [
      "usb 1-4: new high-speed USB device number 3 using xhci_hcd",
      "xhci_hcd 0000:00:14.0: xHCI Host Controller",
      "usb 1-4: USB disconnect, device number 3",
    ],
  },
  {
    id: "pcie-error",
    kind: "device",
    gravity: "warns",
    by: "kernel",
    pattern:
      /^((?:pcieport|pci|nvme|e1000e|igb|r8169|iwlwifi|amdgpu|i915|xhci_hcd|ahci) \S{1,40}: (?:(?:AER: )?(?:Multiple )?(?:Corrected|Uncorrected \((?:Non-)?Fatal\)) error (?:message )?received.*|(?:AER: )?PCIe Bus Error: severity=.*)|\{\d{1,6}\}\[Hardware Error\]: .*|mce: \[Hardware Error\]: CPU .*)$/,
    says: "$1",
    source: "drivers/pci/pcie/aer.c, drivers/acpi/apei, arch/x86/kernel/cpu/mce",
    examples: [
      "pcieport 0000:00:01.2: AER: Corrected error received: id=0008",
      "pcieport 0000:00:1c.5: PCIe Bus Error: severity=Corrected, type=Physical Layer, (Receiver ID)",
      "mce: [Hardware Error]: CPU 2: Machine Check: 0 Bank 5: bea0000000000108",
    ],
    near: [
      "pcieport 0000:00:01.2: AER: enabled with IRQ 26",
      "pcieport 0000:00:1c.0: PME: Signaling with IRQ 122",
      "mce: [Hardware Error]: Machine check events logged",
    ],
  },
  {
    id: "power-or-heat",
    kind: "device",
    gravity: "warns",
    by: "kernel",
    pattern:
      /^((?:hwmon hwmon\d{1,2}: |rpi_firmware_get_throttled: |raspberrypi-firmware \S{1,40}: )?(?:Under-voltage detected!.*|Undervoltage detected!.*)|thermal thermal_zone\d{1,2}: .{0,40}critical temperature reached.*)$/,
    says: "$1",
    source: "drivers/hwmon/raspberrypi-hwmon.c, drivers/thermal/thermal_core.c",
    examples: [
      "Under-voltage detected! (0x00050005)",
      "hwmon hwmon1: Undervoltage detected!",
      "thermal thermal_zone0: critical temperature reached, shutting down",
    ],
    near: ["hwmon hwmon1: Voltage normalised", "Voltage normalised (0x00000000)"],
  },
];
