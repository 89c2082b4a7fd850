import type { Trouble } from "./trouble.ts";

/** What the kernel prints of processors, interrupts, the IOMMU, memory, power states and virtual hardware. */
export const hardwareTrouble: readonly Trouble[] = [
  {
    id: "interrupt-off",
    kind: "device",
    gravity: "breaks",
    by: "kernel",
    pattern: /^(irq \d{1,6}: \w{6} cared \(try booting with .*|Disabling IRQ #\d{1,6})$/,
    says: "An interrupt line was switched off, and with it the devices that share it: $1",
    source: "kernel/irq/spurious.c",
    examples: ["Disabling IRQ #9"],
    near: ["ACPI: PCI: Interrupt link LNKA configured for IRQ 9", "ACPI: Disabling IRQ flag"],
  },
  {
    id: "iommu-fault",
    kind: "device",
    gravity: "warns",
    by: "kernel",
    pattern:
      /^(DMAR: (?:\[DMA |\[INTR-REMAP\] |VT-d detected |DRHD: handling fault status reg ).*|AMD-Vi: (?:Event logged \[|Completion-Wait loop timed out).*|\S{1,40}: AMD-Vi: Event logged \[.*|arm-smmu(?:-v3)? \S{1,40}: (?:Unhandled context fault|Unexpected global fault|CMD_SYNC timeout|event 0x\w{1,4} received).*)$/,
    says: "$1",
    source: "drivers/iommu",
    examples: [
      "DMAR: [DMA Read] Request device [00:02.0] fault addr 0x0 [fault reason 06] PTE Read access is not set",
      "AMD-Vi: Event logged [IO_PAGE_FAULT device=00:14.0 domain=0x0000 address=0x0 flags=0x0000]",
      "arm-smmu 5000000.iommu: Unhandled context fault: fsr=0x402, iova=0x0, fsynr=0x1, cb=0",
    ],
    near: ["DMAR: Intel(R) Virtualization Technology for Directed I/O", "AMD-Vi: Interrupt remapping enabled"],
  },
  {
    id: "processor-missing",
    kind: "device",
    gravity: "warns",
    by: "kernel",
    pattern:
      /^(CPU\d{1,5}: (?:failed to come online|failed to boot: -\d{1,4}|Stuck \?\?|processor failed to boot).*|smpboot: (?:do_boot_cpu failed|CPU\d{1,5}: Not responding).*|psci: failed to boot CPU.*|CPU \d{1,5} is stuck in kernel.*|mce: CPUs not responding to MCE broadcast.*)$/,
    says: "$1",
    source: "arch/*/kernel/smp.c, smpboot.c",
    examples: ["CPU1: failed to come online", "psci: failed to boot CPU1 (-22)"],
    near: ["CPU1: Booted secondary processor 0x0000000001", "smpboot: CPU0: Example (family: 0x6, model: 0x55)"],
  },
  {
    id: "processor-locked",
    kind: "soft-lockup",
    gravity: "breaks",
    by: "kernel",
    pattern:
      /^((?:watchdog: )?CPU ?\d{1,5} (?:self-)?detected hard LOCKUP.*|smp: csd: Detected non-responsive CSD lock.*|BUG: spinlock (?:lockup|recursion).*|bad: scheduling from the idle thread!.*)$/,
    says: "$1",
    source: "kernel/watchdog.c, kernel/smp.c, kernel/locking/spinlock_debug.c, kernel/sched",
    examples: [
      "watchdog: CPU 12 self-detected hard LOCKUP @ native_queued_spin_lock_slowpath+0x1a/0x2b",
      "smp: csd: Detected non-responsive CSD lock (#1) on CPU#0, waiting 5000000000 ns for CPU#01",
    ],
    near: ["NMI watchdog: Enabled. Permanently consumes one hw-PMU counter."],
  },
  {
    id: "die",
    kind: "oops",
    gravity: "breaks",
    by: "kernel",
    pattern:
      /^((?:traps: )?PANIC: double fault.*|BUG: (?:Unable to handle kernel|Kernel NULL pointer).*|(?!Oops|Internal)[A-Za-z][\w ,:()-]{1,80}?(?:: 0(?:000)? |: [0-9a-f]{4} ilc:\d )\[#\d{1,3}\].*|(?:Reserved instruction in kernel code|Data bus error, epc|Instruction bus error, epc|Kernel Oops: ).*|list_(?:add|del) corruption.*|usercopy: Kernel memory .*|note: \S{1,16}\[\d{1,10}\] exited with (?:irqs disabled|preempt_count).*|BUG \S{1,64} \((?:Not tainted|Tainted).*)$/,
    says: "Kernel crash: $1",
    source: "arch/*/kernel/traps.c, lib/list_debug.c, mm/usercopy.c, mm/slub.c, kernel/exit.c",
    examples: [
      "BUG: Unable to handle kernel data access on read at 0x00000010",
      "specification exception: 0006 ilc:2 [#1] SMP",
      "int3: 0000 [#1] SMP",
      "list_del corruption, ffff888012345678->next is LIST_POISON1 (dead000000000100)",
      "note: modprobe[412] exited with irqs disabled",
    ],
    near: ["BUG: KASAN: slab-out-of-bounds in foo", "list_add is traced"],
  },
  {
    id: "suspend-failed",
    kind: "device",
    gravity: "breaks",
    by: "any",
    pattern:
      /^((?:PM: )?(?:suspend of devices aborted|(?:noirq|late|early) (?:suspend|resume) of devices (?:failed|aborted)|Some devices failed to (?:suspend|power down)).*|\S{1,40} \S{1,40}: \w{1,40}_(?:suspend|resume|freeze|thaw|restore)\w{0,12}\(\): .{1,80} returns -\d{1,4}|\S{1,24} \S{1,24}: (?:Unable to|can't) change power state from D3\w{0,4} to D0.*|Failed to put system to sleep\..*|(?:PM: )?(?:hibernation: )?(?:Failed to load (?:hibernation )?image, recovering|Image mismatch: |Error -?\d{1,3} creating hibernation image|Failed to restore.{0,40}image).*)$/,
    says: "$1",
    source: "kernel/power, drivers/base/power/main.c, drivers/pci/pci.c, systemd-sleep",
    examples: [
      "PM: suspend of devices aborted after 123.456 msecs",
      "xhci_hcd 0000:00:14.0: pci_pm_suspend(): hcd_pci_suspend+0x0/0x1 returns -16",
      "nvme 0000:01:00.0: Unable to change power state from D3cold to D0, device inaccessible",
      "PM: hibernation: Failed to load image, recovering.",
    ],
    near: ["PM: suspend devices took 0.512 seconds", "PM: Hibernation image not present or could not be loaded."],
  },
  {
    id: "graphics-not-set-up",
    kind: "device",
    gravity: "breaks",
    by: "kernel",
    pattern:
      /^((?:amdgpu|radeon|nouveau|i915|xe) \S{1,24}: (?:amdgpu: |\[drm\] )?(?:\*ERROR\* )?(?:Fatal error during GPU init|GPU reset begin!|GPU reset\(\d{1,4}\) failed|timer: stalled at f{8,16}|Device is wedged|Failed to initialize GPU, declaring it wedged|.{0,40}Engine reset failed).*|\[drm:\w{1,60}(?:\.\w{1,12})? \[\w{1,16}\]\] \*ERROR\* (?:hw_init of IP block <\w{1,24}> failed|amdgpu_device_ip_init failed|failed initiali[sz]ing buffer object driver).*|NVRM: (?:GPU \S{1,24}: RmInitAdapter failed|The NVIDIA probe routine failed|API mismatch: ).*)$/,
    says: "$1",
    source: "drivers/gpu/drm, NVIDIA's kernel module",
    examples: [
      "amdgpu 0000:03:00.0: amdgpu: Fatal error during GPU init",
      "[drm:amdgpu_device_init.cold [amdgpu]] *ERROR* hw_init of IP block <psp> failed -22",
      "NVRM: GPU 0000:01:00.0: RmInitAdapter failed! (0x26:0xffff:1133)",
    ],
    near: [
      "amdgpu 0000:03:00.0: amdgpu: SMU is initialized successfully!",
      "NVRM: loading NVIDIA UNIX x86_64 Kernel Module",
    ],
  },
  {
    id: "graphics-driver",
    kind: "device",
    gravity: "warns",
    by: "kernel",
    pattern:
      /^((?:amdgpu|radeon|nouveau|i915|xe|vc4-drm|nvidia|mgag200|ast|vmwgfx|qxl|rockchip-drm|msm_dpu)(?: \S{1,40})?: (?:probe of \S{1,40} failed|probe with driver \S{1,40} failed|.{0,16}ctor failed|\[drm\] \*ERROR\* Failed to initiali[sz]e).*|NVRM: No NVIDIA GPU found.*)$/,
    says: "$1",
    source: "drivers/base/dd.c, drivers/gpu/drm: no picture, while the rest may run",
    examples: [
      "nouveau: probe of 0000:01:00.0 failed with error -12",
      "amdgpu 0000:03:00.0: probe with driver amdgpu failed with error -22",
    ],
    near: [
      "nouveau 0000:01:00.0: NVIDIA GP107 (137000a1)",
      "vc4-drm soc:gpu: bound 3f400000.hvs (ops vc4_hvs_ops [vc4])",
    ],
  },
  {
    id: "tpm-error",
    kind: "device",
    gravity: "notes",
    by: "kernel",
    pattern:
      /^(tpm tpm\d{1,2}: (?:A TPM error \(-?\d{1,8}\) occurred |tpm_try_transmit: |TPM self test failed|TPM is disabled|starting up the TPM manually|Operation (?:Timed out|Canceled)|\[Firmware Bug\]: ).*|tpm_(?:tis|crb)\S{0,8} \S{1,40}: (?:probe |error |timeout |can't |\[Firmware Bug\]: ).*)$/,
    says: "$1",
    source: "drivers/char/tpm: of a chip that the firmware has not set up the kernel says it at each start",
    examples: [
      "tpm tpm0: A TPM error (256) occurred attempting the self test",
      "tpm_tis MSFT0101:00: probe with driver tpm_tis failed with error -1",
    ],
    near: ["tpm_tis_spi spi2.0: 2.0 TPM (device-id 0x1B, rev-id 22)", "ima: No TPM chip found, activating TPM-bypass!"],
  },
  {
    id: "deferred",
    kind: "device",
    gravity: "notes",
    by: "kernel",
    pattern: /^(\S{1,24} \S{1,60}: deferred probe (?:pending|timeout).*)$/,
    says: "A device's driver still waits for another: $1",
    source: "drivers/base/dd.c: on many boards some devices never get what they wait for",
    examples: [
      "platform 1c30000.ethernet: deferred probe pending",
      "soc 1c30000.mmc: deferred probe timeout, ignoring dependency",
    ],
    near: ["platform 1c30000.ethernet: probe deferral supported"],
  },
  {
    id: "module-refused",
    kind: "device",
    gravity: "notes",
    by: "kernel",
    pattern:
      /^(\S{1,64}: (?:disagrees about version of symbol |version magic '.{1,120}' should be |Unknown symbol |no symbol version for ).*|Loading of (?:unsigned )?module .{0,40}is rejected.*|Loading of unsigned module is rejected.*|Lockdown: \S{1,40}: unsigned module loading is restricted.*)$/,
    says: "A kernel module is refused: $1",
    source: "kernel/module",
    examples: [
      "example: disagrees about version of symbol module_layout",
      "example: Unknown symbol example_register (err -2)",
      "Loading of unsigned module is rejected",
    ],
    near: ["example: loading out-of-tree module taints kernel."],
  },
  {
    id: "memory-pressure",
    kind: "oom",
    gravity: "warns",
    by: "any",
    pattern:
      /^(lowmemorykiller: Kill.*|Kill(?:ed|ing) \S{1,160} due to memory (?:used|pressure).*|Under memory pressure, flushing caches.*|cma: \w{0,12}: ?alloc failed, req-size: .*)$/,
    says: "$1",
    source: "drivers/staging/android/lowmemorykiller.c, systemd-oomd, systemd-journald, mm/cma.c",
    examples: [
      "Killed /user.slice/session.scope due to memory pressure for /user.slice",
      "Under memory pressure, flushing caches.",
    ],
    near: ["cma: Reserved 64 MiB at 0x0000000078000000"],
  },
  {
    id: "virtual-device",
    kind: "device",
    gravity: "warns",
    by: "kernel",
    pattern:
      /^((?:xenbus_probe_frontend|XENBUS): (?:Timeout connecting to device|Waiting for devices to initiali[sz]e: ).*|hv_vmbus: (?:probe failed|Failed to |Unable to ).*|hv_storvsc \S{1,40}: tag#\d{1,6} cmd .{1,80}srb 0x.*|vmxnet3 \S{1,24}(?: \S{1,16})?: tx hang.*|virtio\w{0,8}(?: \S{1,16})?: probe failed.*|virtio_net \S{1,16} \S{1,16}: (?:TX timeout|transmit timed out).*|unregister_netdevice: waiting for .*)$/,
    says: "$1",
    source: "drivers/xen/xenbus, drivers/hv, drivers/scsi/storvsc_drv.c, drivers/net/vmxnet3, net/core/dev.c",
    examples: [
      "xenbus_probe_frontend: Timeout connecting to device: device/vbd/51712 (local state 3, remote state 2)",
      "XENBUS: Waiting for devices to initialise: 295s...290s...",
      "unregister_netdevice: waiting for lo to become free. Usage count = 1",
    ],
    near: ["xenbus: xs_reset_watches", "hv_vmbus: registering driver hv_netvsc"],
  },
  {
    id: "firmware-awaited",
    kind: "device",
    gravity: "notes",
    by: "kernel",
    pattern:
      /^(\S{1,40} \S{1,60}: Falling back to (?:sysfs fallback for: |user helper|syfs fallback for: ).*|remoteproc remoteproc\d{1,2}: (?:Boot failed: |request_firmware failed: ).*)$/,
    says: "$1",
    source:
      "drivers/base/firmware_loader/fallback.c: 60 s each where no program of user space serves it, which most do at once",
    examples: [
      "xc2028 1-0061: Falling back to user helper",
      "platform regulatory.0: Falling back to sysfs fallback for: regulatory.db",
    ],
    near: ["iwlwifi 0000:02:00.0: loaded firmware version 46.6bf1df06.0"],
  },
];
