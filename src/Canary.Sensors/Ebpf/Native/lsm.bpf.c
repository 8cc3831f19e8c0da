// The cheapest and most exact hooks, where a kernel takes LSM programs. An object of its own: a kernel that refuses it (locked down,
// or booted without lsm=bpf) refuses nothing else. The maps are those of canary.bpf.c, handed over by the loader.
#include "shared.h"

#define PTRACE_MODE_ATTACH 2
#define READING_MODULE 2

SEC("lsm/ptrace_access_check")
int BPF_PROG(may_trace, struct task_struct *child, unsigned int mode)
{
	if (!(mode & PTRACE_MODE_ATTACH)) // the reading mode is every look into /proc
		return 0;
	struct system_event *event = begin_system(PTRACE);
	if (!event)
		return 0;
	struct task_struct *leader = child->group_leader;
	event->target = leader->tgid;
	event->target_start = leader->start_boottime;
	event->request = 16;
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("lsm/bpf")
int BPF_PROG(may_bpf, int cmd)
{
	if (cmd != BPF_PROG_LOAD)
		return 0;
	struct system_event *event = begin_system(LOAD_BPF);
	if (event)
		bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("lsm/kernel_read_file")
int BPF_PROG(may_read_for_kernel, struct file *file, int id)
{
	if (id != READING_MODULE)
		return 0;
	struct system_event *event = begin_system(LOAD_MODULE);
	if (!event)
		return 0;
	bpf_probe_read_kernel_str(event->name, sizeof(event->name), BPF_CORE_READ(file, f_path.dentry, d_name.name));
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return 0;
}

char terms[] SEC("license") = "Dual BSD/GPL";
