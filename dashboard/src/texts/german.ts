// Was die Seiten auf Deutsch sagen.
import type { DashboardTexts } from "./english.ts";

export const german: DashboardTexts = {
  locale: "de",
  pages: {
    home: "Willkommen", pricing: "Preise", signIn: "Anmelden", invitation: "Einladung", overview: "Überblick", usage: "Verbrauch", packages: "Module und Pakete", features: "Funktionen",
    billing: "Abrechnung", account: "Konto", members: "Mitglieder", audit: "Protokoll", convert: "Ein Team werden", nothingHere: "Hier ist nichts",
  },
  frame: {
    skip: "Zum Inhalt", menu: "Menü", pages: "Seiten", team: "Team", signOut: "Abmelden", signedInAs: "Angemeldet als", become: "Wechseln zu", colors: "Farben",
    language: "Sprache", themes: { system: "Wie das System", light: "Hell", dark: "Dunkel" }, languages: { en: "English", de: "Deutsch" }, console: "Konsole", apiConsole: "API-Konsole",
    api: "API", viewing: "Sie sehen, was diese Kundin oder dieser Kunde sieht. Ändern lässt sich nichts.", working: "Sie arbeiten in", switchTo: (name) => `Zu ${name} wechseln`, account: (name) => `${name}: Konto, Farben, Sprache`,
  },
  states: {
    loading: "Wird geladen …", failed: "Das konnte nicht geladen werden.", requestId: (id) => `Anfrage ${id}. Nennen Sie sie, wenn Sie um Hilfe bitten.`,
    unreachable: "Der Server hat nicht geantwortet. Er wird von selbst noch einmal gefragt.", save: "Speichern", saved: "Gespeichert.", of: (_used, limit) => `von ${limit}`, unlimited: "unbegrenzt", invalidField: (field) => `${field}: So lässt es sich nicht speichern.`,
  },
  overview: {
    hello: (name) => `Schön, Sie zu sehen, ${name}`, score: "Mittlere Wertung", scoreTrend: (by) => `${by} zu den 30 Tagen davor`, noScore: "Nach dem ersten Training steht sie hier",
    left: (count) => `${count} übrig`, over: (count) => `${count} über der Grenze`, resets: (date) => `beginnt neu am ${date}`, streak: "In Folge", days: (count) => (count === 1 ? "Tag" : "Tage"),
    longest: (count) => `am längsten: ${count}`, recent: "Letzte 30 Tage", projected: "Voraussichtlich", projectedNote: "am Ende des Zeitraums, wenn es so weitergeht", notYet: "vom zweiten Tag an bekannt",
    seats: "Plätze", members: "Wer im Team ist", trialUntil: (date) => `Probezeitraum bis ${date}`,
    performance: "Zuletzt", performanceNote: "Ereignisse je Tag und ihre mittlere Wertung, wo es eine gibt. 30 Tage.", chart: "Je Tag", available: "Was zur Verfügung steht", availableNote: "Was Ihr Tarif öffnet.",
    actions: "Schnell getan", upgradeTitle: "Mehr Platz", upgradeText: (plan) => `Sie sind auf ${plan}. Sehen Sie, was der nächste Tarif öffnet.`, seePlans: "Zu den Tarifen", upgradeTo: (plan, next) => `Sie sind auf ${plan}. ${next} öffnet mehr:`, gain: (feature, most) => `${feature}: bis ${most}`,
    nearLimit: (feature, percent) => `${feature}: ${percent} verbraucht.`, atLimit: (feature) => `${feature}: nichts mehr übrig.`, beyond: (feature, over, cost) => `${feature}: ${over} über den Tarif hinaus, bisher ${cost}.`, notInPlan: "Nicht in Ihrem Tarif", performanceOfSessions: "Minuten je Tag. 30 Tage.", quick: { usage: "Sehen, was gezählt wurde", packages: "Sehen, was Ihnen offen steht", billing: "Den Tarif ändern" }, sessionsMonth: "Sitzungen", minutes: "Minuten", averageMinutes: "Mittlere Sitzung", completion: "Abgeschlossen",
    thisMonth: "letzte 30 Tage", minutesShort: "Min.", noEvents: "In diesen 30 Tagen noch nichts. Was Sie als Nächstes tun, erscheint hier binnen einer Minute.",
    warnings: {
      payment_needed: "Dieses Team wartet auf seine erste Zahlung.", trial_ending: "Der Probezeitraum endet bald.", trial_ended: "Der Probezeitraum ist zu Ende.", payment_failed: "Die letzte Zahlung ist gescheitert.", payment_overdue: "Eine Zahlung ist überfällig.",
      canceling: "Der Tarif ist gekündigt und läuft bis zum Ende seines Zeitraums.", canceled: "Der Tarif ist zu Ende.", paused: "Der Tarif ruht.",
    },
    toBilling: "Zur Abrechnung",
  },
  chart: { table: "Dasselbe als Tabelle", day: "Tag", quantity: "Menge", score: "Mittlere Wertung" },
  usage: {
    intro: "Was gezählt wurde, was übrig ist und was es kosten wird.", meters: "Dieser Zeitraum", daily: "Je Tag", meter: "Zähler", overage: "Mehrverbrauch bisher", overageText: "kommt auf die nächste Rechnung", overageWaits: (least) => `ist zu wenig, um allein eingezogen zu werden: Der Betrag wartet, bis er mit dem, was schon wartet, ${least} erreicht`, overageOf: (feature, price) => `${feature}, je ${price}`, noOverage: "Keiner. Ihr Tarif deckt alles.",
    cap: (amount) => `höchstens ${amount} je Zeitraum`, projection: "Hochrechnung", projectionText: (amount) => `${amount} am Ende des Zeitraums, wenn es so weitergeht`, noProjection: "Vom zweiten Tag eines Zeitraums an bekannt.",
    alerts: "Hinweise", noAlerts: "Keine Hinweise. Bei 80 % und an der Grenze steht es hier.", acknowledge: "Zur Kenntnis genommen", alert: (feature, alert, used, limit) => `${feature}: ${alert}, bei ${used} von ${limit}`,
    kinds: { "80_percent": "80 % verbraucht", "100_percent": "Grenze erreicht", overage: "erste Einheit über der Grenze", upgrade_prompt: "nichts mehr übrig" },
    log: "Was gezählt wurde", noEvents: "Noch wurde nichts gezählt.", when: "Wann", what: "Was", quantity: "Menge", cost: "Kosten", noMeters: "Dieses Produkt zählt nichts; alles steht Ihnen offen.",
    calls: "Anrufe", noCalls: "Noch keine Anrufe.", duration: "Dauer", more: "Mehr", byPerson: "Je Person", person: "Person", byPersonNote: (time) => `In diesem Zeitraum, Stand ${time}.`, others: "Andere", callsEmpty: "Anrufe stehen hier, sobald der erste begonnen hat.", running: "läuft",
  },
  billing: {
    intro: "Was Sie zahlen, wann und wofür.", plan: "Tarif", next: "Nächste Rechnung", noNext: "Es kommt keine.", afterTrial: (date) => `Der Probezeitraum endet am ${date}; danach geht es mit einem Tarif weiter, den Sie wählen.`, plusOverage: (amount) => `und ${amount} für das, was bisher über den Tarif hinausgeht`, overageWaits: (amount, least) => `${amount} für das, was bisher über den Tarif hinausgeht, warten auf eine spätere Rechnung, bis sie mit dem, was schon wartet, ${least} erreichen`, period: (from, to) => `${from} bis ${to}`, change: "Tarif ändern", history: "Rechnungen", portal: "Karten, Adressen und Belege",
    preview: "Was die Änderung bedeutet", dueNow: "Jetzt fällig", nextInvoice: "Danach", begins: (date) => `Beginnt am ${date}`, atOnce: "Beginnt sofort", losses: "Was wegfällt", noLosses: "Nichts fällt weg.", confirm: (plan) => `Zu ${plan} wechseln`,
    toCheckout: (plan) => `${plan} bezahlen`, pending: (plan, date) => `${plan} beginnt am ${date}.`, takeBack: "Zurücknehmen", cancelPlan: "Tarif kündigen", cancelQuestion: (date) => `Er läuft bis ${date}, danach wird nichts mehr berechnet. Bis dahin lässt es sich zurücknehmen.`, cancelSurely: "Ja, kündigen", cancelNot: "Behalten", canceledOn: (date) => `Gekündigt; läuft bis ${date}.`,
    limitLoss: (feature, from, to) => `${feature}: aus ${from} wird ${to}`, first: "Was zuerst zu tun ist", tooManySeats: (inUse, limit, over) => `${inUse} Plätze sind belegt, und der Tarif hat ${limit}: ${over} Mitglieder entfernen oder Einladungen zurückziehen.`, tooMuchUsed: (feature, used, limit) => `${feature}: ${used} sind verbraucht, und der Tarif hat ${limit}.`, limits: { seats: "Plätze", concurrent_sessions: "Angemeldete Browser" }, addOns: (count) => (count === 1 ? "und ein Zusatz" : `und ${count} Zusätze`), perMonth: "im Monat", perYear: "im Jahr", free: "Nichts", onlyBillers: "Inhaber sehen und ändern, was bezahlt wird.",
  },
  packages: {
    intro: "Was Ihnen offen steht, und was den Rest öffnet.", opened: (count) => (count === 1 ? "einmal geöffnet" : `${count}-mal geöffnet`), never: "noch nicht geöffnet", lockedBy: (plan) => `Ab ${plan}`, locked: "Geschlossen", unlock: "Zum Tarif", use: "Öffnen",
    none: "Dieses Produkt hat keine Pakete.", noFeatures: "Keine neben den Paketen.", features: "Funktionen", included: "Enthalten", opening: (name) => `${name} ist offen.`, summary: (open, all) => `${open} von ${all} sind offen`,
  },
  account: {
    intro: "Wer Sie hier sind, und wie Sie es möchten.", profile: "Profil", groups: { person: "Person", contact: "Kontakt und Adresse", business: "Beruf", about: "Über Sie" }, username: "Benutzername", onboarding: "Erste Schritte",
    onboardingDone: "Alles ist eingerichtet.", finish: "Fertig", wants: { username: "Wählen Sie einen Benutzernamen", profile: "Nennen Sie Vornamen, Nachnamen und Land", verified_email: "Bestätigen Sie Ihre E-Mail-Adresse" }, step: (step, all) => `Schritt ${step} von ${all}`, role: "Was tun Sie?", goal: "Was möchten Sie erreichen?", next: "Weiter", sessions: "Angemeldete Browser", current: "dieser Browser", seen: (when) => `zuletzt gesehen ${when}`, endOthers: "Überall sonst abmelden", endOne: "Abmelden", onlyThis: "Kein anderer Browser ist angemeldet.",
    ended: (count) => (count === 1 ? "Ein anderer Browser wurde abgemeldet." : `${count} andere Browser wurden abgemeldet.`), notifications: "Benachrichtigungen",
    notification: { email: "Per E-Mail", push: "Push-Nachrichten", reminders: "Erinnerungen", weeklySummary: "Jede Woche eine Zusammenfassung" }, export: "Ihre Daten", exportText: "Alles, was von Ihnen aufbewahrt wird, als eine Datei.", download: "Herunterladen", delete: "Konto löschen",
    deleteText: "Was gelöscht wird, und wann, steht vorher da.", deletePreview: "Zeigen, was wegfiele", deleteConfirm: "Mein Konto löschen", deleteWarning: "Das lässt sich nicht zurücknehmen.", deleteBlocked: "Zuerst:", staffStays: "Wer zum Personal gehört, wird zuerst daraus entlassen.", becomes: { left: "geht ohne Sie weiter", transferred: "bekommt den dienstältesten Admin als Inhaber", archived: "wird geschlossen, und was dafür bezahlt wird, sofort gekündigt" }, kept: "Was bleibt, und warum es das muss, steht in der Datei mit Ihren Daten.", inProduct: "Nachrichten", mails: "Mails", mail: { limitWarning: "Wenn eine Grenze nahe ist", limitReached: "Wenn eine Grenze erreicht ist", trialEnding: "Bevor ein Probezeitraum endet", endpointDisabled: "Wenn Ereignisse nicht zugestellt werden können" }, deleted: "Ihr Konto ist gelöscht.", typeEmail: (email) => `Zur Bestätigung ${email} eingeben`,
    fields: {
      firstName: "Vorname", middleName: "Zweiter Vorname", lastName: "Nachname", displayName: "Anzeigename", phoneCountryCode: "Ländervorwahl (+…)", phoneNumber: "Telefonnummer", personalStreetAddress1: "Straße", personalCity: "Ort", personalState: "Bundesland", personalPostalCode: "Postleitzahl",
      personalCountry: "Land (zwei Buchstaben)", businessCompany: "Firma", businessPosition: "Position", companyWebsite: "Website", businessStreetAddress1: "Straße", businessCity: "Ort", businessState: "Bundesland", businessPostalCode: "Postleitzahl", businessCountry: "Land (zwei Buchstaben)", bio: "Über Sie", timeZone: "Zeitzone", language: "Sprache",
    },
  },
  members: { intro: "Wer hier arbeitet, mit welcher Rolle, und wer eingeladen ist.", invitations: "Jemanden einladen", team: "Das Team", mayNot: "Inhaber und Admins laden ein." },
  audit: { intro: "Wer was getan hat, das Neueste zuerst.", export: "Als CSV exportieren", when: "Wann", who: "Wer", what: "Was", target: "Woran", empty: "Noch ist nichts geschehen.", mayNot: "Inhaber und Admins sehen das Protokoll.", system: "Das System", stripe: "Stripe", operator: "Der Betreiber", more: "Ältere", exported: "Die neuesten Ereignisse, bis zu 5.000, sind bei Ihren Downloads." },
  convert: { intro: "Was Sie haben, bleibt. Andere können dazukommen." },
  pricing: { intro: "Was jeder Tarif enthält und kostet.", title: "Preise", signedIn: "Sie sind angemeldet: Der Knopf ändert Ihren Tarif.", becomeTeam: "Mit anderen arbeiten: ein Team werden" },
  home: { choose: "Was führt Sie her?", start: "Kostenlos beginnen", seePricing: "Zu den Preisen", alone: "Für mich", aloneText: "Eine Person, ein Tarif.", team: "Für mein Team", teamText: "Plätze, Rollen und eine Rechnung.", from: (price) => `ab ${price} im Monat` },
  landing: { individuals: "Einzelne", freelancers: "Freiberufler", consultants: "Berater", others: "Auch für" },
  signIn: { title: "Wer möchten Sie sein?", text: "Bei der lokalen Arbeit meldet ein Klick Sie als jeden aus der Vorführung an.", token: "Token", tokenHint: "Von Ihrem Anmeldedienst. Er bleibt im Speicher dieser Seite und ist vergessen, wenn Sie sie verlassen.", enter: "Anmelden", or: "Oder auf andere Weise", email: "E-Mail-Adresse", password: "Passwort", code: "Code", codeSent: (email) => `Der Code ist unterwegs an ${email}.`, sendCode: "Code zusenden", otherEmail: "Andere Adresse", withPassword: "Mit Passwort", withCode: "Mit einem Code per E-Mail", refused: (why) => `Das hat nicht geklappt: ${why}` },
  invitation: { title: "Sie sind eingeladen", signInFirst: "Melden Sie sich zum Annehmen als die eingeladene Person an.", incomplete: "In dieser Adresse steht keine Einladung. Öffnen Sie den ganzen Link, den Sie bekommen haben." },
  nothingHere: { title: "Unter dieser Adresse ist nichts", back: "Zurück zum Anfang" },
};
