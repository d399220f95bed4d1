/** Tabs of the Configuration page, by the last part of their address. */
export const CONFIG_TABS = [
  { tab: 'sleeves', title: 'Sleeves' },
  { tab: 'allocation', title: 'Allocation' },
  { tab: 'limits', title: 'Limits' },
  { tab: 'rebalancing', title: 'Rebalancing' },
  { tab: 'approvals', title: 'Approvals' },
  { tab: 'alerts', title: 'Alerts' },
  { tab: 'exports', title: 'Exports' },
  { tab: 'users', title: 'Users' },
  { tab: 'audit', title: 'Audit' },
] as const

export type ConfigTab = (typeof CONFIG_TABS)[number]['tab']
