// Fork, exec, exit, and what was there before. Part of canary.bpf.c.
#ifndef CANARY_PROCESSES_H
#define CANARY_PROCESSES_H

#include "shared.h"

#define PATH_MOST 4096
#define DEPTH_MOST 128
#define PATHS_MOST 16384 // three paths, each ends within PATH_MOST + 256
#define ARGS_MOST 131072
#define NAME_MOST 32

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

__u32 last_session = 0;

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

#endif
