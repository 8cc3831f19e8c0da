// Processes, network, DNS and rarely used system interfaces, as the kernel sees them.
// Rings are polled: BPF_RB_NO_WAKEUP everywhere, an interrupt for each exec would cost more than the event.
#include "shared.h"

#define PATH_MOST 4096
#define DEPTH_MOST 128
#define PATHS_MOST 16384 // three paths, each ends within PATH_MOST + 256
#define ARGS_MOST 131072
#define NAME_MOST 32
#define UDP_ 17
#define TCP_ 6
#define V4 4
#define V6 6

struct exec_event {
	struct head head;
	__u32 parent;
	__u32 argc;
	__u64 parent_start;
	__u64 inode;
	__u32 device;
	__u32 args_length;
	__u16 path_length;
	__u16 cwd_length;
	__u16 requested_length;
	__u16 pad;
	__u8 bytes[PATHS_MOST + ARGS_MOST];
};

// In the scratch, not on the stack: what is loaded from there is unknown to the verifier, so that the paths through one turn of the
// loop below look alike to it and their number does not double with every turn.
struct walked { __u32 end; __u32 cut; __u32 detached; };

struct scratch {
	struct exec_event event;
	struct walked walked;
	__u32 first;
	__u8 tail[96];
	__u8 name[64];
};

// A per-CPU array cannot hold values over 32 KiB, so: an array with one slot a CPU, sized by the loader. The kernel never runs one
// tracing program twice at once on a CPU (what it skips for that it counts, and the sensor reports it), so a slot has one user.
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, struct scratch); } scratches SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1024); __type(key, __u8[NAME_MOST]); __type(value, __u32); } agent_names SEC(".maps");

struct destination { __u64 start; __u32 pid; __u16 port; __u16 pad; __u8 address[16]; };
struct { __uint(type, BPF_MAP_TYPE_LRU_HASH); __uint(max_entries, 8192); __type(key, struct destination); __type(value, __u8); } datagrams SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_LRU_HASH); __uint(max_entries, 4096); __type(key, __u64); __type(value, struct actor); } dns_sockets SEC(".maps");
struct poke { __u64 start; __u32 pid; __u32 target; };
struct { __uint(type, BPF_MAP_TYPE_LRU_HASH); __uint(max_entries, 1024); __type(key, struct poke); __type(value, __u8); } pokes SEC(".maps");

__u32 last_session = 0;

/* ---- processes ---- */

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	__u32 pid = child->tgid;
	if (child->pid != pid)
		return 0;
	// The forker, not real_parent: with CLONE_PARENT they differ, and the tag must not be shaken off so.
	struct task_struct *leader = parent->group_leader;
	__u32 parent_pid = leader->tgid;
	__u64 parent_start = leader->start_boottime, start = child->start_boottime;
	__u32 session = session_of(parent_pid, parent_start);
	if (session) {
		struct lineage own = { .start = start, .session = session };
		if (bpf_map_update_elem(&lineages, &pid, &own, BPF_ANY))
			count_lost(LOST_LINEAGE);
	}

	struct fork_event *event = bpf_ringbuf_reserve(&process_ring, sizeof(*event), 0);
	if (!event) {
		count_lost(LOST_PROCESS);
		return 0;
	}

	fill(&event->head, FORK, parent_pid, parent_start, session, pid);
	event->child_start = start;
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return 0;
}

// Two last threads that leave at the same moment can both see live == 0; a second exit of the same key means nothing.
SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct signal_struct *signal = task->signal;
	if (signal->live.counter != 0)
		return 0;
	__u32 pid = task->tgid;
	__u64 start = task->group_leader->start_boottime;
	struct lineage *known = bpf_map_lookup_elem(&lineages, &pid);
	__u32 session = 0;
	if (known) {
		session = known->start == start ? known->session : 0;
		bpf_map_delete_elem(&lineages, &pid);
	}

	struct head *event = bpf_ringbuf_reserve(&process_ring, sizeof(*event), 0);
	if (!event) {
		count_lost(LOST_PROCESS);
		return 0;
	}

	fill(event, EXIT, pid, start, session, signal->flags & SIGNAL_GROUP_EXIT ? signal->group_exit_code : task->exit_code);
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return 0;
}

// Appends the names from a file up to the root of the process, last first, each with its NUL; user space turns them round.
// bpf_d_path is refused to tracepoints, hence by hand. A rename in between can mix two names, as it can for d_path's callers later.
static __noinline int walk(struct scratch *scratch, struct path *from, struct path *root, __u32 begin)
{
	struct walked *out = &scratch->walked;
	struct dentry *dentry = from->dentry, *root_dentry = root->dentry;
	struct vfsmount *mount = from->mnt, *root_mount = root->mnt;
	struct dentry *mount_root = BPF_CORE_READ(mount, mnt_root);
	__u32 limit = begin + PATH_MOST;
	out->end = begin;
	out->cut = 0;
	out->detached = 0;
	for (int i = 0; i < DEPTH_MOST; i++) {
		if (dentry == root_dentry && mount == root_mount)
			return 0;
		if (dentry == mount_root) {
			struct mount *here = (void *)mount - bpf_core_field_offset(struct mount, mnt);
			struct mount *above = BPF_CORE_READ(here, mnt_parent);
			if (above == here)
				return 0;
			dentry = BPF_CORE_READ(here, mnt_mountpoint);
			mount = (void *)above + bpf_core_field_offset(struct mount, mnt);
			mount_root = BPF_CORE_READ(mount, mnt_root);
			continue;
		}

		__u32 offset = *(volatile __u32 *)&out->end;
		if (offset >= limit || offset >= PATHS_MOST - 256)
			break;
		long taken = bpf_probe_read_kernel_str(&scratch->event.bytes[offset], 256, BPF_CORE_READ(dentry, d_name.name));
		if (taken > 0)
			*(volatile __u32 *)&out->end = offset + taken;
		struct dentry *parent = BPF_CORE_READ(dentry, d_parent);
		if (parent == dentry) { // in no tree: a memfd, a pipe
			out->detached = 1;
			return 0;
		}

		dentry = parent;
	}

	out->cut = 1;
	return 0;
}

static __always_inline bool is_agent(struct scratch *scratch, __u32 requested, __u32 length, struct dentry *dentry)
{
	__builtin_memset(scratch->name, 0, sizeof(scratch->name));
	long taken = bpf_probe_read_kernel_str(scratch->name, NAME_MOST + 8, BPF_CORE_READ(dentry, d_name.name));
	if (taken > 1 && taken <= NAME_MOST + 1 && bpf_map_lookup_elem(&agent_names, scratch->name))
		return true;

	// The last name of what was asked for: the only trace that an interpreted script leaves here.
	__u32 size = length > NAME_MOST + 2 ? NAME_MOST + 2 : length;
	__u32 from = requested + length - size;
	if (from > PATHS_MOST - 64)
		return false;
	__builtin_memset(scratch->tail, 0, sizeof(scratch->tail));
	bpf_probe_read_kernel(scratch->tail, size, &scratch->event.bytes[from]);
	scratch->first = 0;
	for (__u32 i = 0; i < NAME_MOST + 2; i++)
		if (scratch->tail[i] == '/')
			*(volatile __u32 *)&scratch->first = i + 1;
	__u32 first = *(volatile __u32 *)&scratch->first;
	if (first > NAME_MOST || (first == 0 && length > size))
		return false;
	__builtin_memset(scratch->name, 0, sizeof(scratch->name));
	taken = bpf_probe_read_kernel_str(scratch->name, NAME_MOST + 8, &scratch->tail[first]);
	return taken > 1 && taken <= NAME_MOST + 1 && bpf_map_lookup_elem(&agent_names, scratch->name);
}

static __always_inline __u32 begin_session(__u32 pid, __u64 start)
{
	struct lineage *known = bpf_map_lookup_elem(&lineages, &pid);
	if (known && known->start == start && known->owner)
		return known->session;
	struct lineage own = { .start = start, .owner = 1 };
	own.session = 0x80000000u | (__sync_fetch_and_add(&last_session, 1) + 1);
	if (bpf_map_update_elem(&lineages, &pid, &own, BPF_ANY)) {
		count_lost(LOST_LINEAGE);
		return 0;
	}

	return own.session;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct scratch *scratch = bpf_map_lookup_elem(&scratches, &cpu);
	if (!scratch) {
		count_lost(LOST_PROCESS);
		return 0;
	}

	struct exec_event *event = &scratch->event;
	struct task_struct *leader = task->group_leader, *parent = task->real_parent->group_leader;
	__u32 pid = task->tgid;
	__u64 start = leader->start_boottime;
	struct file *file = bprm->file;
	struct inode *inode = file->f_inode;
	struct path path, root;
	struct walked *walked = &scratch->walked;
	__u16 flags = 0;

	event->parent = parent->tgid;
	event->parent_start = parent->start_boottime;
	event->argc = bprm->argc;
	event->inode = inode->i_ino;
	event->device = inode->i_sb->s_dev;
	event->pad = 0;

	struct fs_struct *fs = task->fs;
	bpf_core_read(&root, sizeof(root), &fs->root);
	bpf_core_read(&path, sizeof(path), &file->f_path);
	struct dentry *image = path.dentry;
	walk(scratch, &path, &root, 0);
	__u32 offset = walked->end;
	if (offset > PATH_MOST + 256)
		return 0; // for the verifier
	event->path_length = offset;
	flags |= (walked->cut ? PATH_CUT : 0) | (walked->detached ? PATH_DETACHED : 0);
	if (!walked->detached && !BPF_CORE_READ(image, d_hash.pprev))
		flags |= PATH_UNLINKED;

	__u32 requested = offset;
	long taken = bpf_probe_read_kernel_str(&event->bytes[offset], PATH_MOST, bprm->filename);
	if (taken < 0 || taken > PATH_MOST)
		taken = 0;
	offset += taken;
	event->requested_length = taken;

	bpf_core_read(&path, sizeof(path), &fs->pwd);
	walk(scratch, &path, &root, offset);
	__u32 after = walked->end;
	if (after < offset || after > PATHS_MOST)
		return 0; // for the verifier
	event->cwd_length = after - offset;
	flags |= (walked->cut ? CWD_CUT : 0) | (walked->detached ? CWD_DETACHED : 0);
	if (!walked->detached && path.dentry != root.dentry && !BPF_CORE_READ(path.dentry, d_hash.pprev)
		&& BPF_CORE_READ(path.dentry, d_parent) != path.dentry)
		flags |= CWD_UNLINKED;

	__u32 session;
	if (settings.match_names && taken > 1 && is_agent(scratch, requested, taken, image))
		session = begin_session(pid, start);
	else
		session = session_of(pid, start);

	struct mm_struct *mm = task->mm;
	unsigned long args = mm->arg_start;
	__u64 length = mm->arg_end - args;
	if (length > ARGS_MOST) {
		length = ARGS_MOST;
		flags |= ARGS_CUT;
	}

	asm volatile("" : "+r"(length)); // or clang forgets the bound that the verifier wants to see
	if (length > ARGS_MOST)
		return 0;
	// The kernel wrote these pages a moment ago; if one has left memory since, user space reads /proc instead.
	if (length && bpf_probe_read_user(&event->bytes[after], length, (void *)args)) {
		flags |= ARGS_UNREAD;
		length = 0;
	}

	event->args_length = length;
	fill(&event->head, EXEC, pid, start, session, (__u32)bpf_get_current_uid_gid());
	event->head.flags = flags;
	__u64 size = __builtin_offsetof(struct exec_event, bytes) + after + length;
	if (size > sizeof(*event))
		return 0; // for the verifier
	if (bpf_ringbuf_output(&process_ring, event, size, BPF_RB_NO_WAKEUP))
		count_lost(LOST_PROCESS);
	return 0;
}

struct running { __u32 pid; __u32 parent; __u64 start; __u64 parent_start; __u64 inode; __u32 device; __u32 uid; __u32 session; __u32 pad; };

SEC("iter/task")
int list_running(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	if (!task || task->pid != task->tgid || task->flags & PF_KTHREAD)
		return 0;
	struct task_struct *parent = task->real_parent->group_leader;
	struct running running = {
		.pid = task->tgid,
		.start = task->start_boottime,
		.parent = parent->tgid,
		.parent_start = parent->start_boottime,
		.uid = task->real_cred->uid.val,
	};
	running.session = session_of(running.pid, running.start);
	struct inode *inode = BPF_CORE_READ(task, mm, exe_file, f_inode);
	running.inode = BPF_CORE_READ(inode, i_ino);
	running.device = BPF_CORE_READ(inode, i_sb, s_dev);
	bpf_seq_write(ctx->meta->seq, &running, sizeof(running));
	return 0;
}

/* ---- network ---- */

static __always_inline bool find_followed(struct actor *who)
{
	find_current(who);
	return settings.all || who->session;
}

static __always_inline int report_connect(void *ctx, struct actor *who, const __u32 *address, __u32 port, __u32 family, __u32 protocol, bool first_only)
{
	if (protocol == UDP_ && port == 53) {
		__u64 cookie = bpf_get_socket_cookie(ctx);
		bpf_map_update_elem(&dns_sockets, &cookie, who, BPF_ANY);
	}

	if (first_only) {
		struct destination to = { .start = who->start, .pid = who->pid, .port = port };
		__builtin_memcpy(to.address, address, 16);
		__u8 seen = 1;
		if (bpf_map_lookup_elem(&datagrams, &to))
			return 1;
		bpf_map_update_elem(&datagrams, &to, &seen, BPF_ANY);
	}

	struct connect_event *event = bpf_ringbuf_reserve(&other_ring, sizeof(*event), 0);
	if (!event) {
		count_lost(LOST_NETWORK);
		return 1;
	}

	fill(&event->head, CONNECT, who->pid, who->start, who->session, port | family << 16 | protocol << 24);
	__builtin_memcpy(event->address, address, 16);
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return 1;
}

// getaddrinfo connects datagram sockets to port 0 to learn its own address: nothing is sent.
#define REPORT(ctx, family, first_only) \
	__u32 port = bpf_ntohs((__u16)(ctx)->user_port), protocol = (ctx)->protocol; \
	if (protocol == UDP_ && port == 0) \
		return 1; \
	return report_connect(ctx, &who, address, port, family, protocol & 0xff, first_only)

SEC("cgroup/connect4")
int on_connect4(struct bpf_sock_addr *ctx)
{
	struct actor who;
	if (!find_followed(&who))
		return 1;
	__u32 address[4] = { ctx->user_ip4 };
	REPORT(ctx, V4, false);
}

SEC("cgroup/connect6")
int on_connect6(struct bpf_sock_addr *ctx)
{
	struct actor who;
	if (!find_followed(&who))
		return 1;
	__u32 address[4] = { ctx->user_ip6[0], ctx->user_ip6[1], ctx->user_ip6[2], ctx->user_ip6[3] };
	REPORT(ctx, V6, false);
}

SEC("cgroup/sendmsg4")
int on_send4(struct bpf_sock_addr *ctx)
{
	struct actor who;
	if (!find_followed(&who))
		return 1;
	__u32 address[4] = { ctx->user_ip4 };
	REPORT(ctx, V4, true);
}

SEC("cgroup/sendmsg6")
int on_send6(struct bpf_sock_addr *ctx)
{
	struct actor who;
	if (!find_followed(&who))
		return 1;
	__u32 address[4] = { ctx->user_ip6[0], ctx->user_ip6[1], ctx->user_ip6[2], ctx->user_ip6[3] };
	REPORT(ctx, V6, true);
}

// Every outgoing packet passes here: the first lines send almost all of them away.
SEC("cgroup_skb/egress")
int on_packet(struct __sk_buff *skb)
{
	struct bpf_sock *socket = skb->sk;
	if (!socket)
		return 1;
	socket = bpf_sk_fullsock(socket);
	if (!socket || socket->protocol != UDP_)
		return 1;

	__u32 transport, family;
	if (skb->protocol == bpf_htons(0x0800)) {
		__u8 start[10];
		if (bpf_skb_load_bytes(skb, 0, start, sizeof(start)) || start[9] != UDP_)
			return 1;
		transport = (start[0] & 15) * 4;
		family = V4;
	} else if (skb->protocol == bpf_htons(0x86DD)) {
		__u8 next;
		if (bpf_skb_load_bytes(skb, 6, &next, 1) || next != UDP_)
			return 1;
		transport = 40;
		family = V6;
	} else {
		return 1;
	}

	struct { __u16 from, to, length, sum, id, flags, questions; } udp;
	if (bpf_skb_load_bytes(skb, transport, &udp, sizeof(udp)) || udp.to != bpf_htons(53))
		return 1;
	if (udp.flags & bpf_htons(0x8000) || udp.questions == 0)
		return 1;

	struct actor who = {};
	__u64 cookie = bpf_get_socket_cookie(skb);
	struct actor *owner = bpf_map_lookup_elem(&dns_sockets, &cookie);
	if (owner)
		who = *owner;
	else if (!find_followed(&who))
		return 1;

	struct dns_event *event = bpf_ringbuf_reserve(&other_ring, sizeof(*event), 0);
	if (!event) {
		count_lost(LOST_DNS);
		return 1;
	}

	fill(&event->head, DNS, who.pid, who.start, who.session, 53 | family << 16 | UDP_ << 24);
	__builtin_memset(event->address, 0, sizeof(event->address));
	event->length = 0;
	if (family == V4)
		bpf_skb_load_bytes(skb, 16, event->address, 4);
	else
		bpf_skb_load_bytes(skb, 24, event->address, 16);
	__u32 question = transport + 8 + 12, length = skb->len - question;
	if (skb->len > question) {
		if (length > sizeof(event->question))
			length = sizeof(event->question);
		asm volatile("" : "+r"(length));
		length = ((length - 1) & (sizeof(event->question) - 1)) + 1; // no change, but Linux 6.1's verifier sees 1..512 by it
		if (!bpf_skb_load_bytes(skb, question, event->question, length))
			event->length = length;
	}

	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return 1;
}

/* ---- rarely used interfaces ---- */

struct sys_enter { __u64 common; long number; __u64 args[6]; };

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

char terms[] SEC("license") = "Dual BSD/GPL";
