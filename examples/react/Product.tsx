import { isRefusal } from "@tallygate/client";
import {
  Gate, InviteForm, MembersTable, OrganizationSwitcher, PlanBadge, PricingTable, SessionConflictDialog, SignedOutElsewhere, TrialBanner, UsageMeter,
  useBilling, useOrganization, useSession, useUsage,
} from "@tallygate/client/react";
import { useState } from "react";
import { signOut } from "../auth.ts";

export function Product() {
  const { signOut: endSession } = useSession();
  const { organization, person } = useOrganization();
  const { track, isTracking } = useUsage("uploads");
  const { checkout } = useBilling();
  const [told, setTold] = useState("");

  const upload = async () => {
    try {
      const { remaining } = await track({ eventType: "rate_sheet" });
      setTold(remaining === -1 ? "Uploaded." : `Uploaded; ${remaining} left.`);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      setTold(error.message);
    }
  };
  const buy = async (plan: string, interval: "month" | "year") => {
    try {
      location.assign((await checkout({ plan, interval, successPath: "/" })).url);
    } catch (error) {
      setTold((error as Error).message);
    }
  };
  const toPlans = () => document.getElementById("plans")?.scrollIntoView();
  const leave = async () => {
    await endSession();
    await signOut();
    location.reload();
  };

  return (
    <>
      <header>
        <h1>Rate sheets</h1>
        <PlanBadge />
        <span>{person?.email}</span>
        <button className="tg-button" onClick={() => void leave()}>Sign out</button>
      </header>
      <TrialBanner onUpgrade={toPlans} />
      <OrganizationSwitcher />

      <section aria-label="Uploads">
        <h2>Uploads</h2>
        <UsageMeter feature="uploads" />
        <Gate feature="uploads" onUpgrade={toPlans}>
          <button className="tg-button tg-primary" disabled={isTracking} onClick={() => void upload()}>Upload a rate sheet</button>
        </Gate>
        <p role="status">{told}</p>
      </section>

      {organization?.kind === "team" && (
        <section aria-label="Team">
          <h2>Team</h2>
          <MembersTable userId={person?.id} />
          <InviteForm onUpgrade={toPlans} />
        </section>
      )}

      <section id="plans" aria-label="Plans and prices">
        <h2>Plans</h2>
        <PricingTable onChoose={(plan, interval) => void buy(plan, interval)} />
      </section>

      <SessionConflictDialog onStaySignedOut={() => void leave()} />
      <SignedOutElsewhere />
    </>
  );
}
