// What the pages say, in English. What the client package's components say is in the package.
export const english = {
  locale: "en",
  pages: {
    home: "Welcome", pricing: "Pricing", signIn: "Sign in", invitation: "Invitation", overview: "Overview", usage: "Usage", packages: "Modules and packages", features: "Features",
    billing: "Billing", account: "Account", members: "Members", audit: "Audit log", convert: "Become a team", nothingHere: "Nothing here",
  },
  frame: {
    skip: "Skip to the page", menu: "Menu", pages: "Pages", team: "Team", signOut: "Sign out", signedInAs: "Signed in as", become: "Become", colors: "Colors",
    language: "Language", themes: { system: "As the system", light: "Light", dark: "Dark" }, languages: { en: "English", de: "Deutsch" }, console: "Console", apiConsole: "API console",
    api: "API", viewing: "You see what this customer sees. Nothing can be changed.", working: "You work in", switchTo: (name: string) => `Switch to ${name}`, account: (name: string) => `${name}: account, colors, language`,
  },
  states: {
    loading: "Loading …", failed: "This could not be loaded.", requestId: (id: string) => `Request ${id}. Name it when you ask for help.`,
    unreachable: "The server did not answer. It is asked again by itself.", save: "Save", saved: "Saved.", of: (used: string, limit: string) => `of ${limit}`, unlimited: "unlimited", invalidField: (field: string) => `${field}: this cannot be kept as it is.`,
  },
  overview: {
    hello: (name: string) => `Good to see you, ${name}`, score: "Average score", scoreTrend: (by: string) => `${by} on the 30 days before`, noScore: "Train once and it is here",
    left: (count: string) => `${count} left`, over: (count: string) => `${count} over the limit`, resets: (date: string) => `starts anew on ${date}`, streak: "Streak", days: (count: number): string => (count === 1 ? "day" : "days"),
    longest: (count: string) => `longest: ${count}`, recent: "Last 30 days", projected: "Projected", projectedNote: "at the period's end, as it goes on", notYet: "known from the second day on",
    seats: "Seats", members: "See who is in the team", trialUntil: (date: string) => `Trial until ${date}`,
    performance: "Recent performance", performanceNote: "Events by day, and their average score where there is one. 30 days.", chart: "By day", available: "What is available", availableNote: "What your plan opens.",
    actions: "Quick actions", upgradeTitle: "More room to grow", upgradeText: (plan: string) => `You are on ${plan}. See what the next plan opens.`, seePlans: "See the plans", upgradeTo: (plan: string, next: string) => `You are on ${plan}. ${next} opens more:`, gain: (feature: string, most: string) => `${feature}: ${most}`,
    nearLimit: (feature: string, percent: string) => `${feature}: ${percent} used.`, atLimit: (feature: string) => `${feature}: nothing is left.`, beyond: (feature: string, over: string, cost: string) => `${feature}: ${over} beyond the plan, ${cost} so far.`, notInPlan: "Not in your plan", performanceOfSessions: "Minutes by day. 30 days.", quick: { usage: "See what was counted", packages: "See what is open to you", billing: "Change the plan" }, sessionsMonth: "Sessions", minutes: "Minutes", averageMinutes: "Average session", completion: "Completed",
    thisMonth: "last 30 days", minutesShort: "min", noEvents: "Nothing yet in these 30 days. Use it once, and it appears here within a minute.",
    warnings: {
      payment_needed: "This team waits for its first payment.", trial_ending: "The trial ends soon.", trial_ended: "The trial has ended.", payment_failed: "The last payment failed.", payment_overdue: "A payment is overdue.",
      canceling: "The plan is cancelled and runs until its period ends.", canceled: "The plan has ended.", paused: "The plan is paused.",
    } as Record<string, string>,
    toBilling: "To billing",
  },
  chart: { table: "The same as a table", day: "Day", quantity: "Quantity", score: "Average score" },
  usage: {
    intro: "What was counted, what is left, and what it will cost.", meters: "This period", daily: "By day", meter: "Meter", overage: "Overage so far", overageText: "is added to the next invoice", overageWaits: (least: string) => `is too little to be collected alone: it waits until, with what is waiting already, it comes to ${least}`, overageOf: (feature: string, price: string) => `${feature}, ${price} each`, noOverage: "Nothing. Your plan covers all of it.",
    cap: (amount: string) => `at most ${amount} a period`, projection: "Projection", projectionText: (amount: string) => `${amount} by the end of the period, if it goes on as it began`, noProjection: "Known from the second day of a period on.",
    alerts: "Alerts", noAlerts: "No alerts. You are told here at 80 % and at the limit.", acknowledge: "Acknowledge", alert: (feature: string, alert: string, used: string, limit: string) => `${feature}: ${alert}, at ${used} of ${limit}`,
    kinds: { "80_percent": "80 % used", "100_percent": "limit reached", overage: "first unit beyond the limit", upgrade_prompt: "nothing is left" } as Record<string, string>,
    log: "What was counted", noEvents: "Nothing was counted yet.", when: "When", what: "What", quantity: "Quantity", cost: "Cost", noMeters: "This product counts nothing; all of it is open to you.",
    calls: "Call log", noCalls: "No calls yet.", duration: "Duration", more: "More", byPerson: "By person", person: "Person", byPersonNote: (time: string) => `This period, as of ${time}.`, others: "Others", callsEmpty: "Calls are listed here as soon as the first one has begun.", running: "in progress",
  },
  billing: {
    intro: "What you pay, when, and what for.", plan: "Plan", next: "Next invoice", noNext: "None is to come.", afterTrial: (date: string) => `The trial ends on ${date}; choose a plan to go on after it.`, plusOverage: (amount: string) => `and ${amount} for what is used beyond the plan so far`, overageWaits: (amount: string, least: string) => `${amount} for what is used beyond the plan so far waits until, with what is waiting already, it comes to ${least}`, period: (from: string, to: string) => `${from} to ${to}`, change: "Change the plan", history: "Invoices", portal: "Cards, addresses and receipts",
    preview: "What the change means", dueNow: "Due now", nextInvoice: "Then", begins: (date: string) => `Begins on ${date}`, atOnce: "Begins at once", losses: "What is lost", noLosses: "Nothing is lost.", confirm: (plan: string) => `Change to ${plan}`,
    toCheckout: (plan: string) => `Pay for ${plan}`, pending: (plan: string, date: string) => `${plan} begins on ${date}.`, takeBack: "Take it back", cancelPlan: "Cancel the plan", cancelQuestion: (date: string) => `It runs until ${date}, and nothing is charged after that. Until then you can take it back.`, cancelSurely: "Yes, cancel it", cancelNot: "Keep it", canceledOn: (date: string) => `Cancelled; runs until ${date}.`,
    limitLoss: (feature: string, from: string, to: string) => `${feature}: ${from} becomes ${to}`, first: "What to do first", tooManySeats: (inUse: string, limit: string, over: string) => `${inUse} seats are in use, and the plan has ${limit}: remove ${over} members or take back invitations.`, tooMuchUsed: (feature: string, used: string, limit: string) => `${feature}: ${used} are used, and the plan has ${limit}.`, limits: { seats: "Seats", concurrent_sessions: "Signed-in browsers" } as Record<string, string>, addOns: (count: number) => (count === 1 ? "and one add-on" : `and ${count} add-ons`), perMonth: "a month", perYear: "a year", free: "Nothing", onlyBillers: "Owners see and change what is paid.",
  },
  packages: {
    intro: "What is open to you, and what opens the rest.", opened: (count: number) => (count === 1 ? "opened once" : `opened ${count} times`), never: "not opened yet", lockedBy: (plan: string) => `From ${plan} on`, locked: "Locked", unlock: "See the plan", use: "Open it",
    none: "This product has no packages.", noFeatures: "None beside the packages.", features: "Features", included: "Included", opening: (name: string) => `${name} is open.`, summary: (open: string, all: string) => `${open} of ${all} are open`,
  },
  account: {
    intro: "Who you are here, and how you want it.", profile: "Profile", groups: { person: "Person", contact: "Contact and address", business: "Business", about: "About you" }, username: "Username", onboarding: "Getting started",
    onboardingDone: "You are all set.", finish: "Finish", wants: { username: "Choose a username", profile: "Tell your first name, last name and country", verified_email: "Confirm your e-mail address" } as Record<string, string>, step: (step: number, all: number) => `Step ${step} of ${all}`, role: "What do you do?", goal: "What do you want to achieve?", next: "Next", sessions: "Signed-in browsers", current: "this browser", seen: (when: string) => `last seen ${when}`, endOthers: "Sign out everywhere else", endOne: "Sign out", onlyThis: "No other browser is signed in.",
    ended: (count: number) => (count === 1 ? "One other browser was signed out." : `${count} other browsers were signed out.`), notifications: "Notifications",
    notification: { email: "By e-mail", push: "Push messages", reminders: "Reminders", weeklySummary: "A summary each week" }, export: "Your data", exportText: "Everything that is kept of you, as one file.", download: "Download", delete: "Delete the account",
    deleteText: "What is deleted, and when, is shown first.", deletePreview: "See what would go", deleteConfirm: "Delete my account", deleteWarning: "This cannot be taken back.", deleteBlocked: "First:", staffStays: "Whoever is of the staff is taken out of it first.", becomes: { left: "goes on without you", transferred: "gets its oldest admin as owner", archived: "is closed, and what is paid for it is cancelled at once" } as Record<string, string>, kept: "What is kept, and why it must be, is in the export.", inProduct: "Messages", mails: "Mails", mail: { limitWarning: "When a limit comes near", limitReached: "When a limit is reached", trialEnding: "Before a trial ends", endpointDisabled: "When events cannot be delivered" }, deleted: "Your account is deleted.", typeEmail: (email: string) => `Type ${email} to confirm`,
    fields: {
      firstName: "First name", middleName: "Middle name", lastName: "Last name", displayName: "Display name", phoneCountryCode: "Country code (+…)", phoneNumber: "Phone number", personalStreetAddress1: "Street", personalCity: "City", personalState: "State", personalPostalCode: "Postal code",
      personalCountry: "Country (two letters)", businessCompany: "Company", businessPosition: "Position", companyWebsite: "Website", businessStreetAddress1: "Street", businessCity: "City", businessState: "State", businessPostalCode: "Postal code", businessCountry: "Country (two letters)", bio: "About you", timeZone: "Time zone", language: "Language",
    },
  },
  members: { intro: "Who works here, with which role, and who is invited.", invitations: "Invite somebody", team: "The team", mayNot: "Owners and admins invite." },
  audit: { intro: "Who did what, newest first.", export: "Export as CSV", when: "When", who: "Who", what: "What", target: "Of", empty: "Nothing has happened yet.", mayNot: "Owners and admins see the audit log.", system: "The system", stripe: "Stripe", operator: "The operator", more: "Older ones", exported: "The newest events, up to 5,000, are in your downloads." },
  convert: { intro: "What you have stays. Others can join you." },
  pricing: { intro: "What each plan holds and costs.", title: "Pricing", signedIn: "You are signed in, so the button changes your plan.", becomeTeam: "Work with others: become a team" },
  home: { choose: "What brings you here?", start: "Start free", seePricing: "See the prices", alone: "For me", aloneText: "One person, one plan.", team: "For my team", teamText: "Seats, roles and one invoice.", from: (price: string) => `from ${price} a month` },
  landing: { individuals: "Individuals", freelancers: "Freelancers", consultants: "Consultants", others: "Also for" },
  signIn: { title: "Who do you want to be?", text: "In local work one click signs you in as anybody of the demo.", token: "Token", tokenHint: "Of your sign-in provider. It stays in this page's memory and is forgotten when you leave it.", enter: "Sign in", or: "Or another way", email: "E-mail address", password: "Password", code: "Code", codeSent: (email: string) => `The code is on its way to ${email}.`, sendCode: "Send me a code", otherEmail: "Another address", withPassword: "With a password", withCode: "With a code by e-mail", refused: (why: string) => `That did not work: ${why}` },
  invitation: { title: "You are invited", signInFirst: "Sign in as the one who was invited to accept.", incomplete: "This address has no invitation in it. Open the whole link that you were sent." },
  nothingHere: { title: "There is nothing at this address", back: "Back to the beginning" },
};

export type DashboardTexts = typeof english;
