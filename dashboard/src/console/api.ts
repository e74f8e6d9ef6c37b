// Of openapi.console.json, by "npm run client-types".

export interface components {
  schemas: {
    ConsoleAccountTypeReply: {
      act: components["schemas"]["ConsoleAct"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ConsoleAccountTypeRequest: {
      /** @enum {string} */
      accountType: "user" | "admin" | "super_admin";
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      user: string;
    };
    /** @description What was done. */
    ConsoleAct: {
      action: string;
      after: unknown;
      before: unknown;
      /** Format: date-time */
      createdAt: string;
      id: string;
      organizationId: string | null;
      reason: string;
      targetId: string;
    };
    ConsoleArchiveReply: {
      act: components["schemas"]["ConsoleAct"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ConsoleArchiveRequest: {
      organization: string;
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    ConsoleBanReply: {
      act: components["schemas"]["ConsoleAct"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ConsoleBanRequest: {
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      user: string;
    };
    ConsoleByKind: {
      personal: number;
      team: number;
      total: number;
    };
    ConsoleConversions: {
      toPaid: number;
      toPersonal: number;
      toTeam: number;
    };
    ConsoleCreateKeyReply: {
      act: components["schemas"]["ConsoleAct"];
      key: components["schemas"]["ConsoleNewKey"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ConsoleCreateKeyRequest: {
      /**
      * Format: date-time
      * @description A moment, as 2026-03-10T12:00:00Z.
      */
      endsAt?: string | null;
      name: string;
      organization?: string | null;
      reason: string;
      /** @description Some of usage:write, usage:read, webhooks:manage, with commas. */
      scopes?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    ConsoleDeletePersonReply: {
      act: components["schemas"]["ConsoleAct"] | null;
      cancelledSubscriptions: number;
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    } | {
      dryRun: boolean;
      erased: unknown;
      kept: unknown;
      /** @description For people. */
      message: string;
      organizations: components["schemas"]["OrganizationOutlook"][];
      subscriptionsCancelled: number;
      /** @constant */
      success: true;
    };
    ConsoleDeletePersonRequest: {
      dryRun?: boolean | null;
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      user: string;
    };
    ConsoleEditFeatureReply: {
      act: components["schemas"]["ConsoleAct"];
      feature: {
        capCents: number | null;
        feature: string | null;
        kind: string | null;
        limitValue: number | null;
        organizations: number | null;
        planId: string | null;
        reset: string | null;
        stopsAtCap: boolean;
        unitPriceMicros: number | null;
        value: string | null;
        version: string | null;
      };
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    } | {
      dryRun: boolean;
      feature: {
        capCents: number | null;
        feature: string | null;
        kind: string | null;
        limitValue: number | null;
        organizations: number | null;
        planId: string | null;
        reset: string | null;
        stopsAtCap: boolean;
        unitPriceMicros: number | null;
        value: string | null;
        version: string | null;
      };
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ConsoleEditFeatureRequest: {
      capCents?: number | null;
      dryRun?: boolean | null;
      feature: string;
      limit?: number | null;
      plan: string;
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      stopsAtCap?: boolean | null;
      unitPriceMicros?: number | null;
      /** @description Any JSON of at most 10000 characters. */
      value?: unknown;
      version: string;
    };
    ConsoleEndSessionsReply: {
      act: components["schemas"]["ConsoleAct"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ConsoleEndSessionsRequest: {
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      user: string;
    };
    ConsoleExtendTrialReply: {
      act: components["schemas"]["ConsoleAct"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ConsoleExtendTrialRequest: {
      /**
      * Format: date-time
      * @description A moment, as 2026-03-10T12:00:00Z.
      */
      endsAt: string;
      organization: string;
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    ConsoleFeatureReply: {
      feature: {
        capCents: number | null;
        feature: string | null;
        kind: string | null;
        limitValue: number | null;
        organizations: number | null;
        planId: string | null;
        reset: string | null;
        stopsAtCap: boolean;
        unitPriceMicros: number | null;
        value: string | null;
        version: string | null;
      };
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    /** @description What the scheduler has rolled up of a day or a month. */
    ConsoleFigure: {
      conversions: components["schemas"]["ConsoleConversions"];
      keptMessages: number;
      organizations: components["schemas"]["ConsoleByKind"];
      paying: components["schemas"]["ConsoleByKind"];
      people: components["schemas"]["ConsolePeople"];
      /** @description `day` or `month`. */
      period: string;
      revenue: components["schemas"]["ConsoleRevenue"];
      seats: components["schemas"]["ConsoleSeats"];
      sessionsReplaced: number;
      /** Format: date-time */
      startsAt: string;
      trials: components["schemas"]["ConsoleTrials"];
      undeliveredEvents: number;
      /**
      * Format: date-time
      * @description All that happened before is in.
      */
      upTo: string;
      /** @description By meter; `null` while it is not known. */
      usage: components["schemas"]["ConsoleUsed"][] | null;
    };
    ConsoleFiguresReply: {
      figures: components["schemas"]["ConsoleFigure"][];
      /** @description For people. */
      message: string;
      nextCursor: string | null;
      /** @constant */
      success: true;
    };
    ConsoleGrantPackageReply: {
      act: components["schemas"]["ConsoleAct"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ConsoleGrantPackageRequest: {
      /**
      * Format: date-time
      * @description A moment, as 2026-03-10T12:00:00Z.
      */
      endsAt?: string | null;
      idempotencyKey?: string | null;
      organization?: unknown;
      package: string;
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      user: string;
      uses?: number | null;
    };
    ConsoleGrantUsageReply: {
      act: components["schemas"]["ConsoleAct"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ConsoleGrantUsageRequest: {
      /**
      * Format: date-time
      * @description A moment, as 2026-03-10T12:00:00Z.
      */
      endsAt?: string | null;
      feature: string;
      idempotencyKey?: string | null;
      organization: string;
      quantity: number;
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      user?: unknown;
    };
    ConsoleInboxReply: {
      /** @description For people. */
      message: string;
      messages: {
        eventId: string | null;
        eventType: string | null;
        /** Format: date-time */
        happenedAt: string | null;
        organizationId: string | null;
        outcome: string | null;
        payload: unknown;
        provider: string | null;
        /** Format: date-time */
        receivedAt: string | null;
      }[];
      nextCursor: string | null;
      /** @constant */
      success: true;
    };
    ConsoleLiftOverrideReply: {
      act: components["schemas"]["ConsoleAct"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ConsoleLiftOverrideRequest: {
      organization: string;
      override: string;
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    ConsoleMovePlanReply: {
      act: components["schemas"]["ConsoleAct"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ConsoleMovePlanRequest: {
      organization: string;
      plan: string;
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    /** @description A key that is shown once. */
    ConsoleNewKey: {
      id: string;
      key: string;
      scopes: string[];
    };
    ConsoleOrganizationReply: {
      acts: {
        action: string | null;
        actorId: string | null;
        /** Format: date-time */
        createdAt: string | null;
        id: string | null;
        reason: string | null;
        stateAfter: unknown;
        stateBefore: unknown;
      }[];
      endpoints: {
        /** Format: date-time */
        disabledAt: string | null;
        /** Format: date-time */
        failingSince: string | null;
        id: string | null;
        /** Format: date-time */
        pausedAt: string | null;
        url: string | null;
      }[];
      features: {
        feature: string | null;
        kind: string | null;
        limitValue: number | null;
        overageCents: number | null;
        /** Format: date-time */
        periodStart: string | null;
        reset: string | null;
        used: number | null;
        value: string | null;
      }[];
      grants: {
        /** Format: date-time */
        endsAt: string | null;
        feature: string | null;
        id: string | null;
        quantity: number | null;
        reason: string | null;
        /** Format: date-time */
        startsAt: string | null;
      }[];
      history: {
        action: string | null;
        actorId: string | null;
        /** Format: date-time */
        createdAt: string | null;
        details: unknown;
        id: string | null;
        targetId: string | null;
      }[];
      invitations: {
        /** Format: date-time */
        createdAt: string | null;
        email: string | null;
        /** Format: date-time */
        expiresAt: string | null;
        id: string | null;
        role: string | null;
        status: string | null;
      }[];
      invoices: {
        /** Format: date-time */
        createdAt: string | null;
        currency: string | null;
        number: string | null;
        paidCents: number | null;
        status: string | null;
        stripeInvoiceId: string | null;
        totalCents: number | null;
      }[];
      keys: {
        canReadUsage: boolean;
        canWriteUsage: boolean;
        /** Format: date-time */
        endsAt: string | null;
        id: string | null;
        /** Format: date-time */
        lastUsedDay: string | null;
        name: string | null;
        /** Format: date-time */
        revokedAt: string | null;
      }[];
      members: {
        /** Format: date-time */
        bannedAt: string | null;
        email: string | null;
        /** Format: date-time */
        joinedAt: string | null;
        name: string | null;
        role: string | null;
        userId: string | null;
      }[];
      /** @description For people. */
      message: string;
      organization: {
        /** Format: date-time */
        archivedAt: string | null;
        archivedBy: string | null;
        billingEmail: string | null;
        billingInterval: string | null;
        concurrentSessions: number | null;
        /** Format: date-time */
        createdAt: string | null;
        /** Format: date-time */
        currentPeriodEnd: string | null;
        /** Format: date-time */
        currentPeriodStart: string | null;
        externalId: string | null;
        foundedBy: string | null;
        id: string | null;
        kind: string | null;
        name: string | null;
        orgType: string | null;
        paidPlanId: string | null;
        planId: string | null;
        planName: string | null;
        seats: number | null;
        slug: string | null;
        status: string | null;
        stripeCustomerId: string | null;
        stripeSubscriptionId: string | null;
        /** Format: date-time */
        trialEndsAt: string | null;
      };
      overrides: {
        /** Format: date-time */
        endsAt: string | null;
        feature: string | null;
        holds: boolean;
        id: string | null;
        limitValue: number | null;
        planId: string | null;
        reason: string | null;
        /** Format: date-time */
        startsAt: string | null;
      }[];
      /** @constant */
      success: true;
    };
    ConsoleOverrideLimitReply: {
      act: components["schemas"]["ConsoleAct"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ConsoleOverrideLimitRequest: {
      charges?: boolean | null;
      /**
      * Format: date-time
      * @description A moment, as 2026-03-10T12:00:00Z.
      */
      endsAt: string;
      feature: string;
      idempotencyKey?: string | null;
      limit: number;
      organization: string;
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      user?: unknown;
    };
    ConsoleOverridePlanReply: {
      act: components["schemas"]["ConsoleAct"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ConsoleOverridePlanRequest: {
      charges?: boolean | null;
      /**
      * Format: date-time
      * @description A moment, as 2026-03-10T12:00:00Z.
      */
      endsAt: string;
      idempotencyKey?: string | null;
      organization: string;
      plan: string;
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      user?: unknown;
    };
    ConsolePeople: {
      deleted: number;
      signedUp: number;
      total: number;
    };
    ConsolePersonReply: {
      acts: {
        action: string | null;
        actorId: string | null;
        /** Format: date-time */
        createdAt: string | null;
        id: string | null;
        reason: string | null;
        stateAfter: unknown;
        stateBefore: unknown;
      }[];
      invitations: {
        /** Format: date-time */
        createdAt: string | null;
        /** Format: date-time */
        expiresAt: string | null;
        id: string | null;
        organizationId: string | null;
        role: string | null;
        status: string | null;
      }[];
      /** @description For people. */
      message: string;
      organizations: {
        /** Format: date-time */
        archivedAt: string | null;
        id: string | null;
        kind: string | null;
        name: string | null;
        planId: string | null;
        role: string | null;
        slug: string | null;
        status: string | null;
      }[];
      packages: {
        /** Format: date-time */
        grantEndsAt: string | null;
        grantUses: number | null;
        /** Format: date-time */
        grantedAt: string | null;
        grantedUses: number | null;
        packageId: string | null;
        uses: number | null;
      }[];
      person: {
        accountType: string | null;
        /** Format: date-time */
        bannedAt: string | null;
        bannedBy: string | null;
        /** Format: date-time */
        createdAt: string | null;
        currentOrganizationId: string | null;
        /** Format: date-time */
        deletedAt: string | null;
        email: string | null;
        emailVerified: boolean;
        firstName: string | null;
        id: string | null;
        language: string | null;
        lastName: string | null;
        mailSuppressed: string | null;
        name: string | null;
        /** Format: date-time */
        onboardingCompletedAt: string | null;
        personalCountry: string | null;
        personalOrganizationId: string | null;
        /** Format: date-time */
        teamTrialStartedAt: string | null;
        username: string | null;
      };
      sessions: {
        /** Format: date-time */
        createdAt: string | null;
        id: string | null;
        ipAddress: string | null;
        /** Format: date-time */
        lastHeartbeatAt: string | null;
        userAgent: string | null;
      }[];
      /** @constant */
      success: true;
    };
    ConsoleRedeliverMessageReply: {
      act: components["schemas"]["ConsoleAct"];
      /** @description For people. */
      message: string;
      outcome: string;
      /** @constant */
      success: true;
    };
    ConsoleRedeliverMessageRequest: {
      message: string;
      provider?: string | null;
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    ConsoleRedeliverReply: {
      act: components["schemas"]["ConsoleAct"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    } | {
      act: components["schemas"]["ConsoleAct"];
      /** @description For people. */
      message: string;
      nextCursor: string | null;
      redelivered: number;
      /** @constant */
      success: true;
    };
    ConsoleRedeliverRequest: {
      cursor?: string | null;
      endpoint: string;
      event?: string | null;
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      /**
      * Format: date-time
      * @description A moment, as 2026-03-10T12:00:00Z.
      */
      since?: string | null;
    };
    ConsoleRefusedAccountDisabled: {
      /** @constant */
      code: "account_disabled";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedAlreadyBanned: {
      /** @constant */
      code: "already_banned";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedAlreadyOwner: {
      /** @constant */
      code: "already_owner";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedAlreadyVerified: {
      /** @constant */
      code: "already_verified";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedArchived: {
      /** @constant */
      code: "archived";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedBannedByProvider: {
      /** @constant */
      code: "banned_by_provider";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedChargesDiffer: {
      /** @constant */
      code: "charges_differ";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedEmailOfAnother: {
      /** @constant */
      code: "email_of_another";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedFeatureChanged: {
      /** @constant */
      code: "feature_changed";
      /** @description A sentence for people. */
      error: string;
      feature: {
        capCents: number | null;
        feature: string | null;
        kind: string | null;
        limitValue: number | null;
        organizations: number | null;
        planId: string | null;
        reset: string | null;
        stopsAtCap: boolean;
        unitPriceMicros: number | null;
        value: string | null;
        version: string | null;
      };
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedGone: {
      /** @constant */
      code: "gone";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedKeyRevoked: {
      /** @constant */
      code: "key_revoked";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedNoEmail: {
      /** @constant */
      code: "no_email";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedNoOwner: {
      /** @constant */
      code: "no_owner";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedNoSeat: {
      /** @constant */
      code: "no_seat";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedNotArchived: {
      /** @constant */
      code: "not_archived";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedNotBanned: {
      /** @constant */
      code: "not_banned";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedNotKept: {
      /** @constant */
      code: "not_kept";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedNotOverridden: {
      /** @constant */
      code: "not_overridden";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedNotPending: {
      /** @constant */
      code: "not_pending";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedNotRunning: {
      /** @constant */
      code: "not_running";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedNotSignedIn: {
      /** @constant */
      code: "not_signed_in";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedNotTrialing: {
      /** @constant */
      code: "not_trialing";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedStaffAccount: {
      /** @constant */
      code: "staff_account";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedSubscriptionRunning: {
      /** @constant */
      code: "subscription_running";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedUnchanged: {
      /** @constant */
      code: "unchanged";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleRefusedWrongKind: {
      /** @constant */
      code: "wrong_kind";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    ConsoleResendInvitationReply: {
      act: components["schemas"]["ConsoleAct"];
      /** Format: date-time */
      expiresAt: string;
      inviteUrl: string;
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ConsoleResendInvitationRequest: {
      invitation: string;
      organization: string;
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    ConsoleRestoreReply: {
      act: components["schemas"]["ConsoleAct"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ConsoleRestoreRequest: {
      organization: string;
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    ConsoleRetireMessageReply: {
      act: components["schemas"]["ConsoleAct"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ConsoleRetireMessageRequest: {
      message: string;
      provider?: string | null;
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    /** @description In the catalog's currency. What was lost is below nothing. */
    ConsoleRevenue: {
      arrCents: number;
      churnCents: number;
      contractionCents: number;
      currency: string;
      expansionCents: number;
      mrrCents: number;
      newCents: number;
      reactivationCents: number;
    };
    ConsoleRevokeKeyReply: {
      act: components["schemas"]["ConsoleAct"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ConsoleRevokeKeyRequest: {
      key: string;
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    ConsoleSearchReply: {
      found: {
        accountType: string | null;
        /** Format: date-time */
        bannedAt: string | null;
        /** Format: date-time */
        createdAt: string | null;
        /** Format: date-time */
        deletedAt: string | null;
        email: string | null;
        emailVerified: boolean;
        foundBy?: string;
        id: string | null;
        name: string | null;
        username: string | null;
      }[];
      /** @description For people. */
      message: string;
      nextCursor: string | null;
      /** @constant */
      success: true;
    } | {
      found: {
        /** Format: date-time */
        archivedAt: string | null;
        /** Format: date-time */
        createdAt: string | null;
        foundBy?: string;
        id: string | null;
        kind: string | null;
        name: string | null;
        planId: string | null;
        slug: string | null;
        status: string | null;
        stripeCustomerId: string | null;
      }[];
      /** @description For people. */
      message: string;
      nextCursor: string | null;
      /** @constant */
      success: true;
    };
    ConsoleSeats: {
      offered: number;
      used: number;
      usedWithoutLimit: number;
    };
    ConsoleTransferOwnershipReply: {
      act: components["schemas"]["ConsoleAct"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ConsoleTransferOwnershipRequest: {
      organization: string;
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      user: string;
    };
    ConsoleTrials: {
      begun: number;
      converted: number;
      ended: number;
      running: number;
    };
    ConsoleUnbanReply: {
      act: components["schemas"]["ConsoleAct"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ConsoleUnbanRequest: {
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      user: string;
    };
    ConsoleUsed: {
      events: number;
      feature: string;
      overageCents: number;
      quantity: number;
    };
    ConsoleVerifyEmailReply: {
      act: components["schemas"]["ConsoleAct"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ConsoleVerifyEmailRequest: {
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      user: string;
    };
    ConsoleViewAsReply: {
      act: components["schemas"]["ConsoleAct"];
      /** Format: date-time */
      expiresAt: string;
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
      token: string;
    };
    ConsoleViewAsRequest: {
      reason: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      user: string;
    };
    /** @description What becomes of an organization. */
    OrganizationOutcome: "left" | "transferred" | "archived";
    /** @description An organization that somebody is in. */
    OrganizationOutlook: {
      becomes: components["schemas"]["OrganizationOutcome"];
      /** @description The id of its next owner. */
      heir: string | null;
      id: string;
      kind: string;
      name: string;
      /** @description The others who are in it. */
      otherMembers: number;
      /** @description Something is paid for it at Stripe. */
      paid: boolean;
      role: components["schemas"]["Role"];
    };
    /** @description Any refusal. */
    Refusal: {
      /** @enum {unknown} */
      code: "account_disabled" | "already_banned" | "already_member" | "already_owner" | "already_verified" | "archived" | "banned_by_provider" | "body_too_large" | "call_not_found" | "catalog_limit_reached" | "charges_differ" | "database_busy" | "database_unavailable" | "email_domain_banned" | "email_not_verified" | "email_of_another" | "endpoint_not_found" | "feature_changed" | "feature_not_in_plan" | "forbidden" | "function_unavailable" | "gone" | "idempotency_key_reused" | "internal" | "invalid_field" | "invalid_json" | "invalid_query" | "invalid_signature" | "invitation_declined" | "invitation_expired" | "invitation_not_found" | "invitation_pending" | "invitation_revoked" | "invitation_used" | "invitation_withdrawn" | "key_not_found" | "key_revoked" | "keys_unavailable" | "last_owner" | "member_not_found" | "message_not_found" | "method_not_allowed" | "no_email" | "no_owner" | "no_seat" | "not_archived" | "not_banned" | "not_configured" | "not_found" | "not_kept" | "not_overridden" | "not_pending" | "not_running" | "not_signed_in" | "not_trialing" | "organization_not_found" | "package_not_found" | "payment_failed" | "person_not_found" | "personal_organization" | "provider_refused" | "provider_unavailable" | "rate_limited" | "read_only" | "reservation_not_found" | "scope_missing" | "session_ended" | "slug_taken" | "staff_account" | "subscription_required" | "subscription_running" | "unauthenticated" | "unchanged" | "unknown_action" | "unknown_function" | "unsupported_media_type" | "wrong_kind" | "wrong_recipient";
      error: string;
      message: string;
      /** @constant */
      success: false;
    };
    RefusedAccountDisabled: {
      /** @constant */
      code: "account_disabled";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedAlreadyMember: {
      /** @constant */
      code: "already_member";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedBodyTooLarge: {
      /** @constant */
      code: "body_too_large";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedCallNotFound: {
      /** @constant */
      code: "call_not_found";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedCatalogLimitReached: {
      /** @constant */
      code: "catalog_limit_reached";
      /** @description A sentence for people. */
      error: string;
      limit: string;
      /** @description The same. */
      message: string;
      most: number;
      /** Format: date-time */
      resetsAt: string | null;
      /** @constant */
      success: false;
    };
    RefusedDatabaseBusy: {
      /** @constant */
      code: "database_busy";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedDatabaseUnavailable: {
      /** @constant */
      code: "database_unavailable";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedEmailDomainBanned: {
      /** @constant */
      code: "email_domain_banned";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedEmailNotVerified: {
      /** @constant */
      code: "email_not_verified";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedEndpointNotFound: {
      /** @constant */
      code: "endpoint_not_found";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedFeatureNotInPlan: {
      /** @constant */
      code: "feature_not_in_plan";
      /** @description A sentence for people. */
      error: string;
      feature: string;
      /** @description The same. */
      message: string;
      plan: string;
      /** @constant */
      success: false;
      upgrade?: {
        /**
        * Format: int64
        * @description Of a meter; -1 unlimited.
        */
        limit: number | null;
        name: string;
        plan: string;
        /** Format: int64 */
        priceMonthCents: number | null;
        /** Format: int64 */
        priceYearCents: number | null;
      }[];
      upgradeRequired: boolean;
    };
    RefusedForbidden: {
      /** @constant */
      code: "forbidden";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedFunctionUnavailable: {
      /** @constant */
      code: "function_unavailable";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedIdempotencyKeyReused: {
      /** @constant */
      code: "idempotency_key_reused";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedInternal: {
      /** @constant */
      code: "internal";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      requestId: string;
      /** @constant */
      success: false;
    };
    RefusedInvalidField: {
      /** @constant */
      code: "invalid_field";
      /** @description A sentence for people. */
      error: string;
      field: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedInvalidJson: {
      /** @constant */
      code: "invalid_json";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedInvalidQuery: {
      /** @constant */
      code: "invalid_query";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedInvalidSignature: {
      /** @constant */
      code: "invalid_signature";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedInvitationDeclined: {
      /** @constant */
      code: "invitation_declined";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedInvitationExpired: {
      /** @constant */
      code: "invitation_expired";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedInvitationNotFound: {
      /** @constant */
      code: "invitation_not_found";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedInvitationPending: {
      /** @constant */
      code: "invitation_pending";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedInvitationRevoked: {
      /** @constant */
      code: "invitation_revoked";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedInvitationUsed: {
      /** @constant */
      code: "invitation_used";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedInvitationWithdrawn: {
      /** @constant */
      code: "invitation_withdrawn";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedKeyNotFound: {
      /** @constant */
      code: "key_not_found";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedKeysUnavailable: {
      /** @constant */
      code: "keys_unavailable";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedLastOwner: {
      /** @constant */
      code: "last_owner";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedMemberNotFound: {
      /** @constant */
      code: "member_not_found";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedMessageNotFound: {
      /** @constant */
      code: "message_not_found";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedMethodNotAllowed: {
      /** @constant */
      code: "method_not_allowed";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedNotConfigured: {
      /** @constant */
      code: "not_configured";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedNotFound: {
      /** @constant */
      code: "not_found";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedOrganizationNotFound: {
      /** @constant */
      code: "organization_not_found";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedPackageNotFound: {
      /** @constant */
      code: "package_not_found";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedPaymentFailed: {
      /** @constant */
      code: "payment_failed";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedPersonNotFound: {
      /** @constant */
      code: "person_not_found";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedPersonalOrganization: {
      /** @constant */
      code: "personal_organization";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedProviderRefused: {
      /** @constant */
      code: "provider_refused";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      provider: string;
      providerCode: string;
      /** @constant */
      success: false;
    };
    RefusedProviderUnavailable: {
      /** @constant */
      code: "provider_unavailable";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedRateLimited: {
      /** @constant */
      code: "rate_limited";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedReadOnly: {
      /** @constant */
      code: "read_only";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedReservationNotFound: {
      /** @constant */
      code: "reservation_not_found";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedScopeMissing: {
      /** @constant */
      code: "scope_missing";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      scope: string;
      /** @constant */
      success: false;
    };
    RefusedSessionEnded: {
      /** @constant */
      code: "session_ended";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      reason: string;
      /** @constant */
      success: false;
    };
    RefusedSlugTaken: {
      /** @constant */
      code: "slug_taken";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedSubscriptionRequired: {
      /** @constant */
      code: "subscription_required";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      plan: string;
      status: string;
      /** @constant */
      success: false;
      upgradeRequired: boolean;
    };
    RefusedUnauthenticated: {
      /** @constant */
      code: "unauthenticated";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedUnknownAction: {
      actions: string[];
      /** @constant */
      code: "unknown_action";
      /** @description A sentence for people. */
      error: string;
      field: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedUnknownFunction: {
      /** @constant */
      code: "unknown_function";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedUnsupportedMediaType: {
      /** @constant */
      code: "unsupported_media_type";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    RefusedWrongRecipient: {
      /** @constant */
      code: "wrong_recipient";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    /**
    * @description A member's role in an organization, lowest first.
    * @enum {string}
    */
    Role: "viewer" | "member" | "admin" | "owner";
  };
  responses: {
    /** @description Refused: `invalid_field`, `invalid_json`. */
    "400.invalid_field.invalid_json": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedInvalidField"] | components["schemas"]["RefusedInvalidJson"];
      };
    };
    /** @description Refused: `invalid_field`, `invalid_query`. */
    "400.invalid_field.invalid_query": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedInvalidField"] | components["schemas"]["RefusedInvalidQuery"];
      };
    };
    /** @description Refused: `session_ended`. */
    "401.session_ended": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedSessionEnded"];
      };
    };
    /** @description Refused: `forbidden`. */
    "403.forbidden": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedForbidden"];
      };
    };
    /** @description Refused: `endpoint_not_found`, `unknown_function`. */
    "404.endpoint_not_found.unknown_function": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedEndpointNotFound"] | components["schemas"]["RefusedUnknownFunction"];
      };
    };
    /** @description Refused: `invitation_not_found`, `unknown_function`. */
    "404.invitation_not_found.unknown_function": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedInvitationNotFound"] | components["schemas"]["RefusedUnknownFunction"];
      };
    };
    /** @description Refused: `key_not_found`, `unknown_function`. */
    "404.key_not_found.unknown_function": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedKeyNotFound"] | components["schemas"]["RefusedUnknownFunction"];
      };
    };
    /** @description Refused: `member_not_found`, `organization_not_found`, `unknown_function`. */
    "404.member_not_found.organization_not_found.unknown_function": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedMemberNotFound"] | components["schemas"]["RefusedOrganizationNotFound"] | components["schemas"]["RefusedUnknownFunction"];
      };
    };
    /** @description Refused: `message_not_found`, `unknown_function`. */
    "404.message_not_found.unknown_function": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedMessageNotFound"] | components["schemas"]["RefusedUnknownFunction"];
      };
    };
    /** @description Refused: `organization_not_found`, `unknown_function`. */
    "404.organization_not_found.unknown_function": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedOrganizationNotFound"] | components["schemas"]["RefusedUnknownFunction"];
      };
    };
    /** @description Refused: `package_not_found`, `person_not_found`, `unknown_function`. */
    "404.package_not_found.person_not_found.unknown_function": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedPackageNotFound"] | components["schemas"]["RefusedPersonNotFound"] | components["schemas"]["RefusedUnknownFunction"];
      };
    };
    /** @description Refused: `person_not_found`, `unknown_function`. */
    "404.person_not_found.unknown_function": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedPersonNotFound"] | components["schemas"]["RefusedUnknownFunction"];
      };
    };
    /** @description Refused: `unknown_function`. */
    "404.unknown_function": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedUnknownFunction"];
      };
    };
    /** @description Refused: `idempotency_key_reused`. */
    "409.idempotency_key_reused": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedIdempotencyKeyReused"];
      };
    };
    /** @description Refused: `body_too_large`. */
    "413.body_too_large": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedBodyTooLarge"];
      };
    };
    /** @description Refused: `unsupported_media_type`. */
    "415.unsupported_media_type": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedUnsupportedMediaType"];
      };
    };
    /** @description Refused: `rate_limited`. */
    "429.rate_limited": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedRateLimited"];
      };
    };
    /** @description Refused: `internal`. */
    "500.internal": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedInternal"];
      };
    };
    /** @description Refused: `database_busy`, `database_unavailable`, `function_unavailable`. */
    "503.database_busy.database_unavailable.function_unavailable": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedDatabaseBusy"] | components["schemas"]["RefusedDatabaseUnavailable"] | components["schemas"]["RefusedFunctionUnavailable"];
      };
    };
    /** @description Refused: `database_busy`, `database_unavailable`, `function_unavailable`, `not_configured`. */
    "503.database_busy.database_unavailable.function_unavailable.not_configured": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedDatabaseBusy"] | components["schemas"]["RefusedDatabaseUnavailable"] | components["schemas"]["RefusedFunctionUnavailable"] | components["schemas"]["RefusedNotConfigured"];
      };
    };
    /** @description Refused: `database_busy`, `database_unavailable`, `function_unavailable`, `not_configured`, `provider_unavailable`. */
    "503.database_busy.database_unavailable.function_unavailable.not_configured.provider_unavailable": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedDatabaseBusy"] | components["schemas"]["RefusedDatabaseUnavailable"] | components["schemas"]["RefusedFunctionUnavailable"] | components["schemas"]["RefusedNotConfigured"] | components["schemas"]["RefusedProviderUnavailable"];
      };
    };
    /** @description Refused: `database_busy`, `database_unavailable`, `function_unavailable`, `provider_unavailable`. */
    "503.database_busy.database_unavailable.function_unavailable.provider_unavailable": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedDatabaseBusy"] | components["schemas"]["RefusedDatabaseUnavailable"] | components["schemas"]["RefusedFunctionUnavailable"] | components["schemas"]["RefusedProviderUnavailable"];
      };
    };
  };
  parameters: {
    /** @description Makes a repeated request count once. */
    "idempotency-key": string;
    /** @description The organization that it is about; left out: the caller's current one. */
    "x-organization-id": string;
    /** @description The browser that asks, by the id that it was validated with. */
    "x-session-id": string;
    /** @description What `validate` answered to the browser: it proves the session. */
    "x-session-secret": string;
  };
  requestBodies: never;
  headers: never;
  pathItems: never;
}
