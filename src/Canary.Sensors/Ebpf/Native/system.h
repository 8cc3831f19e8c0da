// Rarely used interfaces that attackers like, where no LSM programs can be. Part of canary.bpf.c.
#ifndef CANARY_SYSTEM_H
#define CANARY_SYSTEM_H

#include "shared.h"

struct poke { __u64 start; __u32 pid; __u32 target; };
struct { __uint(type, BPF_MAP_TYPE_LRU_HASH); __uint(max_entries, 1024); __type(key, struct poke); __type(value, __u8); } pokes SEC(".maps");

struct sys_enter { __u64 common; long number; __u64 args[6]; };

SEC("tp/syscalls/sys_enter_memfd_create")
int on_memfd(struct sys_enter *ctx)
{
	struct system_event *event = begin_system(MEMFD);
	if (!event)
		return 0;
	if (bpf_probe_read_user_str(event->name, sizeof(event->name), (void *)ctx->args[0]) < 0)
		event->name[0] = 0;
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return 0;
}

#define POKETEXT 4
#define POKEDATA 5
#define ATTACH 16
#define SEIZE 0x4206

SEC("tp/syscalls/sys_enter_ptrace")
int on_ptrace(struct sys_enter *ctx)
{
	__u64 request = ctx->args[0];
	if (request != ATTACH && request != SEIZE && request != POKETEXT && request != POKEDATA)
		return 0;
	if (request == POKETEXT || request == POKEDATA) { // one word a call: say it once
		struct actor who;
		if (!find_followed(&who))
			return 0;
		struct poke poke = { .start = who.start, .pid = who.pid, .target = ctx->args[1] };
		__u8 seen = 1;
		if (bpf_map_lookup_elem(&pokes, &poke))
			return 0;
		bpf_map_update_elem(&pokes, &poke, &seen, BPF_ANY);
	}

	struct system_event *event = begin_system(PTRACE);
	if (!event)
		return 0;
	event->request = request;
	event->target = ctx->args[1];
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("tp/syscalls/sys_enter_bpf")
int on_bpf(struct sys_enter *ctx)
{
	if (ctx->args[0] != BPF_PROG_LOAD)
		return 0;
	struct system_event *event = begin_system(LOAD_BPF);
	if (!event)
		return 0;
	__u32 type = 0;
	bpf_probe_read_user(&type, sizeof(type), (void *)ctx->args[1]);
	bpf_probe_read_user(event->name, 16, (void *)ctx->args[1] + __builtin_offsetof(union bpf_attr, prog_name));
	event->name[16] = 0;
	event->request = type;
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("tp_btf/module_load")
int BPF_PROG(on_module, struct module *module)
{
	struct system_event *event = begin_system(LOAD_MODULE);
	if (!event)
		return 0;
	bpf_probe_read_kernel_str(event->name, sizeof(event->name), module->name);
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return 0;
}

#endif
