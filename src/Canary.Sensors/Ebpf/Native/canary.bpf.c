// Processes, network, DNS and rarely used system interfaces, as the kernel sees them.
// Rings are polled: BPF_RB_NO_WAKEUP everywhere, an interrupt for each exec would cost more than the event.
#include "processes.h"
#include "network.h"
#include "system.h"

char terms[] SEC("license") = "Dual BSD/GPL";
