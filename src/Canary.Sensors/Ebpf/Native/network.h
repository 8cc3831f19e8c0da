// Connections, first datagrams, DNS questions. Part of canary.bpf.c.
#ifndef CANARY_NETWORK_H
#define CANARY_NETWORK_H

#include "shared.h"

#define UDP_ 17
#define V4 4
#define V6 6

struct destination { __u64 start; __u32 pid; __u16 port; __u16 pad; __u8 address[16]; };
struct { __uint(type, BPF_MAP_TYPE_LRU_HASH); __uint(max_entries, 8192); __type(key, struct destination); __type(value, __u8); } datagrams SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_LRU_HASH); __uint(max_entries, 4096); __type(key, __u64); __type(value, struct actor); } dns_sockets SEC(".maps");

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

#endif
