// 상담배정 as it is being changed: for each queue the agents with their tiers, and the skill. Plain values, no views.

/** What the server has: {queueId: {levels: {agentId: level}, skill}}. */
export function draftOf(queues) {
  return Object.fromEntries(queues.map((queue) => [queue.id, {
    levels: Object.fromEntries(queue.tiers.map((tier) => [tier.agent_id, tier.level])), skill: queue.skill_id,
  }]));
}

/** Tiers without gaps: 1차, 3차 become 1차, 2차; the order stays. */
function settled(levels) {
  const used = [...new Set(Object.values(levels))].sort((a, b) => a - b);
  return Object.fromEntries(Object.entries(levels).map(([id, level]) => [id, used.indexOf(level) + 1]));
}

export const change = (draft, queueId, changes) => ({ ...draft, [queueId]: { ...draft[queueId], ...changes } });

/** The agent on this tier of the queue; 0 takes the agent out. */
export function place(draft, queueId, agentId, level) {
  const { [agentId]: _, ...rest } = draft[queueId].levels;
  return change(draft, queueId, { levels: settled(level ? { ...rest, [agentId]: level } : rest) });
}

export const lastTier = (levels) => Math.max(0, ...Object.values(levels));

/** Agents of one tier, in the order of `agents`. */
export const onTier = (agents, levels, tier) => agents.filter((agent) => levels[agent.id] === tier);

const same = (one, other) => one.skill === other.skill && JSON.stringify(Object.entries(one.levels).sort()) === JSON.stringify(Object.entries(other.levels).sort());

/** Queues that differ, as the API takes them. */
export function changesOf(draft, base) {
  return Object.keys(draft).filter((id) => base[id] && !same(draft[id], base[id])).map((id) => ({
    id: Number(id), skill_id: draft[id].skill ?? null,
    tiers: Object.entries(draft[id].levels).map(([agentId, level]) => ({ agent_id: Number(agentId), level })),
  }));
}

/** Who is in the queue by its skill and not by name: [[agent, level], …]. */
export function skilled(agents, entry) {
  if (!entry.skill) return [];
  return agents.map((agent) => [agent, agent.skills.find((held) => held.id === entry.skill)?.level])
    .filter(([agent, level]) => level && !entry.levels[agent.id]);
}

/** Active agents whom no queue rings. */
export function unassigned(agents, draft) {
  const entries = Object.values(draft);
  return agents.filter((agent) => agent.active && !entries.some((entry) => entry.levels[agent.id] || agent.skills.some((held) => held.id === entry.skill)));
}
