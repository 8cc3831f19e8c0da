// What both BPF objects and Ebpf/Wire.cs agree on: the shape of an event and the maps.
#ifndef CANARY_SHARED_H
#define CANARY_SHARED_H

#include "kernel.h"

enum kind { FORK = 1, EXEC = 2, EXIT = 3, CONNECT = 4, DNS = 5, SYSTEM = 6, FILE_OPEN = 7 };
enum loss { LOST_PROCESS, LOST_NETWORK, LOST_DNS, LOST_SYSTEM, LOST_LINEAGE, LOST_FILE, LOSS_CLASSES };
enum act { MEMFD = 0, PTRACE = 1, LOAD_BPF = 2, LOAD_MODULE = 3 };
enum flag { PATH_CUT = 1, CWD_CUT = 2, ARGS_CUT = 4, ARGS_UNREAD = 8, PATH_DETACHED = 16, PATH_UNLINKED = 32, CWD_DETACHED = 64, CWD_UNLINKED = 128 };

struct head {
	__u16 kind;
	__u16 flags;
	__u32 pid;
	__u64 at;
	__u64 start;
	__u32 session;
	__u32 extra; // FORK: pid of the child. EXEC: uid. EXIT: wait status. CONNECT, DNS: port | family << 16 | protocol << 24. SYSTEM: act
};

struct fork_event { struct head head; __u64 child_start; };
struct connect_event { struct head head; __u8 address[16]; };
struct dns_event { struct head head; __u8 address[16]; __u32 length; __u8 question[512]; };
struct system_event { struct head head; __u64 target_start; __u32 target; __u32 request; char name[64]; };

struct lineage { __u64 start; __u32 session; __u32 owner; };

struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 8 << 20); } process_ring SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4 << 20); } other_ring SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64[LOSS_CLASSES]); } lost SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 65536); __type(key, __u32); __type(value, struct lineage); } lineages SEC(".maps");

// Set by the loader before the load: the verifier then drops what is switched off.
struct settings { __u32 all; __u32 match_names; };
const volatile struct settings settings;

static __always_inline void count_lost(enum loss class)
{
	__u32 zero = 0;
	__u64 *counts = bpf_map_lookup_elem(&lost, &zero);
	if (counts)
		counts[class]++;
}

static __always_inline __u32 session_of(__u32 pid, __u64 start)
{
	struct lineage *known = bpf_map_lookup_elem(&lineages, &pid);
	return known && known->start == start ? known->session : 0;
}

struct actor { __u32 pid; __u32 session; __u64 start; };

static __always_inline void find_current(struct actor *who)
{
	struct task_struct *leader = BPF_CORE_READ((struct task_struct *)bpf_get_current_task(), group_leader);
	who->pid = BPF_CORE_READ(leader, tgid);
	who->start = BPF_CORE_READ(leader, start_boottime);
	who->session = session_of(who->pid, who->start);
}

static __always_inline void fill(struct head *head, enum kind kind, __u32 pid, __u64 start, __u32 session, __u32 extra)
{
	head->kind = kind;
	head->flags = 0;
	head->pid = pid;
	head->at = bpf_ktime_get_boot_ns();
	head->start = start;
	head->session = session;
	head->extra = extra;
}

static __always_inline bool find_followed(struct actor *who)
{
	find_current(who);
	return settings.all || who->session;
}

static __always_inline struct system_event *begin_system(enum act act)
{
	struct actor who;
	if (!find_followed(&who))
		return 0;
	struct system_event *event = bpf_ringbuf_reserve(&other_ring, sizeof(*event), 0);
	if (!event) {
		count_lost(LOST_SYSTEM);
		return 0;
	}

	fill(&event->head, SYSTEM, who.pid, who.start, who.session, act);
	event->target_start = 0;
	event->target = 0;
	event->request = 0;
	event->name[0] = 0;
	return event;
}

#endif
