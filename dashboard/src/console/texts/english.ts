// What the staff's pages say, in English.
import type { ActField, ActName } from "../acts.ts";

export const english = {
  title: "Console", nav: { search: "Search", figures: "Figures", plans: "Plans", inbox: "Kept messages", dashboard: "Dashboard" },
  notForYou: "There is no console for you.", unreachable: "The server did not answer.", none: "None.", request: (id: string) => `Request ${id}.`,
  search: { in: "In", people: "People", organizations: "Organizations", begins: "Begins with", hint: "E-mail address, name, id …", go: "Search", found: "Found", nobody: "Nobody begins so.", more: "More", banned: "banned" },
  person: { title: "Person", organizations: "Organizations", sessions: "Signed-in browsers", packages: "Packages", invitations: "Invitations", acts: "What the staff did", ofStaff: "This person is of the staff: a super_admin alone acts on them." },
  organization: { title: "Organization", features: "Features", members: "Members", invitations: "Invitations", invoices: "Invoices", grants: "Grants", overrides: "In place of the plan", endpoints: "Endpoints", keys: "Service keys", history: "History", acts: "What the staff did" },
  inbox: { intro: "What Stripe has told that could not be applied.", messages: "Messages" },
  plans: { intro: "What each plan gives. A change meets whoever is on it, at once.", version: "A plan's older version is looked up by its id." },
  feature: {
    of: (plan: string) => `of ${plan}`, meets: (count: string) => `A change meets ${count} organizations, at once.`, limit: "Limit (-1: none)", value: "Value (JSON)", isIncluded: "Included", unitPrice: "Price of a unit beyond it (millionths)", cap: "Most that is charged a period (cents)",
    stopsAtCap: "Stops there", preview: "See what it meets", change: "Change", kinds: { flag: "on or off", config: "a value", meter: "a meter" } as Record<string, string>, wouldMeet: (count: string) => `It would meet ${count} organizations.`,
  },
  figures: {
    chart: "Figure", byDay: "By day", byMonth: "By month", period: "Period", usage: (meter: string) => `Used: ${meter}`, movements: "What moved the revenue", missing: "Nothing is rolled up yet. A day is there two hours after its end.", share: (count: string, part: string) => `${count} (${part})`,
    kinds: { mrr: "Revenue a month, in whole units", paying: "Organizations that pay", signedUp: "People who signed up", deleted: "People who left", toPaid: "Paid for the first time", trials: "Trials running", converted: "Trials after which somebody pays", sessionsReplaced: "Sessions that gave way", undelivered: "Events undelivered", kept: "Messages kept" },
  },
  acts: {
    ban: { label: "Ban", does: "The person is signed out everywhere and can do nothing any more until it is lifted." },
    unban: { label: "Lift the ban", does: "The person can sign in again." },
    "verify-email": { label: "Confirm the address", does: "The address counts as the person's own: invitations to it can be accepted." },
    "end-sessions": { label: "Sign out everywhere", does: "Every browser of the person is signed out; they can sign in again." },
    "view-as": { label: "View as", does: "You get 15 minutes in which you see what the person sees. Nothing can be changed. Their history says that you looked, and why." },
    "grant-package": { label: "Give a package", does: "The person can open the package, in place of what was granted of it before." },
    "account-type": { label: "Change the account type", does: "The person becomes one of the staff, or is no more. It holds from their next request on." },
    "delete-person": { label: "Delete the person", does: "All that is of the person is erased. This cannot be taken back." },
    "extend-trial": { label: "Extend the trial", does: "The trial ends later, within a year." },
    "grant-usage": { label: "Give more of a meter", does: "The organization has more of the meter than its plan gives, until the end." },
    "override-plan": { label: "Give another plan", does: "The organization has what the other plan gives until the end. What is paid stays as it is." },
    "override-limit": { label: "Give another limit", does: "The limit holds in place of the plan's until the end, also where it is lower. -1 is unlimited." },
    "lift-override": { label: "Lift it", does: "It ends now; the plan's own holds again." },
    "transfer-ownership": { label: "Make the owner", does: "The person owns the organization; whoever owned it is an admin then." },
    archive: { label: "Archive", does: "Nobody can use the organization any more until it is restored. It is refused while something is paid for it." },
    restore: { label: "Restore", does: "The organization is there again, with its members." },
    "resend-invitation": { label: "Invite again", does: "The invitation gets a new link and another week. The link before it is dead." },
    "create-key": { label: "Make a key", does: "A server of the customer's can ask with it. It is shown once." },
    "revoke-key": { label: "Revoke", does: "What asks with the key is refused from now on." },
    "move-plan": { label: "Move to a plan", does: "The organization is on the other plan at the price that it pays." },
    redeliver: { label: "Deliver again", does: "All events since the moment are sent to the endpoint once more." },
    "retire-message": { label: "Put away", does: "The message is taken off this list and never applied." },
    "redeliver-message": { label: "Apply again", does: "Stripe is asked for the newest state, and it is taken in as if it had come now." },
  } satisfies Record<ActName, { label: string; does: string }> as Record<ActName, { label: string; does: string }>,
  fields: {
    endsAt: "Until", package: "Package (its id)", uses: "How often", feature: "Feature", quantity: "How much", plan: "Plan", limit: "Limit (-1: none)", charges: "The customer has agreed to what it charges otherwise", name: "Name", scopes: "Scopes (usage:write, usage:read, webhooks:manage)", since: "Since", accountType: "Account type",
  } satisfies Record<ActField["name"], string> as Record<ActField["name"], string>,
  optional: (field: string) => `${field}, optional`, reason: "Reason", reasonHint: "The customer reads it in their history. It names no third person.", preview: "See what would happen", cancel: "Cancel", close: "Close", done: "It is done.", newKey: "The key; it is not shown again", inviteLink: "Link of the invitation", openAs: "Open the dashboard as they see it",
  moreToDeliver: "There are more: go on with the same button.", becomes: { left: "goes on without them", transferred: "gets its oldest admin as owner", archived: "is closed" } as Record<string, string>, cancels: (count: number) => (count === 1 ? "One subscription is cancelled." : `${count} subscriptions are cancelled.`),
  columns: {
    id: "Id", email: "E-mail address", emailVerified: "Confirmed", username: "Username", accountType: "Account type", createdAt: "When", bannedAt: "Banned", deletedAt: "Deleted", name: "Name", kind: "Kind", role: "Role", planId: "Plan", paidPlanId: "Plan that is paid", status: "Status", archivedAt: "Archived", userAgent: "Browser", ipAddress: "Address", lastHeartbeatAt: "Last seen",
    packageId: "Package", uses: "Opened", grantedUses: "Granted", grantEndsAt: "Until", action: "Act", reason: "Reason", actorId: "By", targetId: "Of", slug: "Slug", currentPeriodEnd: "Period's end", trialEndsAt: "Trial's end", stripeCustomerId: "At Stripe", feature: "Feature", value: "Value", limitValue: "Limit", used: "Used", overageCents: "Overage", reset: "Begins anew", joinedAt: "Joined",
    number: "Number", totalCents: "Sum", paidCents: "Paid", quantity: "Quantity", startsAt: "From", endsAt: "Until", url: "Address", failingSince: "Failing since", pausedAt: "Paused", disabledAt: "Disabled", receivedAt: "Received", provider: "From", eventType: "Event", outcome: "Why it is kept", organizationId: "Organization", eventId: "Message", expiresAt: "Until", holds: "Holds now", lastUsedDay: "Last used", revokedAt: "Revoked",
    day: "Day", people: "People", paying: "Paying", mrr: "Revenue a month", trials: "Trials", undelivered: "Undelivered", kept: "Kept", newCents: "New", expansionCents: "More", reactivationCents: "Back", contractionCents: "Less", churnCents: "Gone", acts: "Acts",
  } as Record<string, string>,
};

export type ConsoleTexts = typeof english;
