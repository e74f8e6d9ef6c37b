// Of openapi.json, by "npm run client-types".

export interface components {
  schemas: {
    AcceptInvitationAcceptReply: {
      /** @description For people. */
      message: string;
      organization: components["schemas"]["AcceptInvitationOrganization"];
      /** @constant */
      success: true;
    };
    AcceptInvitationAcceptRequest: {
      /** @constant */
      action?: "accept";
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      token: string;
    };
    AcceptInvitationDeclineReply: {
      /** @description An invitation, unique within its organization. */
      invitationId: string;
      /** @description For people. */
      message: string;
      organizationName: string;
      /** @constant */
      success: true;
    };
    AcceptInvitationDeclineRequest: {
      /** @constant */
      action: "decline";
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      token: string;
    };
    AcceptInvitationInvitation: {
      /** @description All but its first letter and its domain masked. */
      email: string;
      /** Format: date-time */
      expiresAt: string;
      invitedBy: string;
      organizationName: string;
      role: components["schemas"]["Role"];
    };
    AcceptInvitationOrganization: {
      currentSeats: number;
      /** @description An organization, personal or team. */
      id: string;
      isAdmin: boolean;
      name: string;
      role: components["schemas"]["Role"];
      /** @description -1 is unlimited. */
      seatLimit: number;
      slug: string;
    };
    AcceptInvitationPreviewReply: {
      invitation: components["schemas"]["AcceptInvitationInvitation"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    AcceptInvitationPreviewRequest: {
      /** @constant */
      action: "preview";
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      token: string;
    };
    AcceptInvitationRefusedSeatLimitExceeded: {
      /** @constant */
      code: "seat_limit_exceeded";
      currentSeats: number;
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      seatLimit: number;
      seatLimitExceeded: boolean;
      /** @constant */
      success: false;
      upgradeRequired: boolean;
    };
    AccountAddress: {
      city: string | null;
      country: string | null;
      line1: string | null;
      line2: string | null;
      postalCode: string | null;
      state: string | null;
    };
    AccountAnalyticsGetReply: {
      /** Format: date-time */
      from: string;
      /** @description For people. */
      message: string;
      span: string;
      /** @constant */
      success: true;
      sums: components["schemas"]["AccountAnalyticsSum"][];
      /** Format: date-time */
      to: string;
    };
    AccountAnalyticsPostReply: {
      /** @description For people. */
      message: string;
      replayed: boolean;
      session: components["schemas"]["AccountRecordedSession"];
      /** @constant */
      success: true;
    };
    AccountAnalyticsPostRequest: {
      completed?: boolean | null;
      idempotencyKey?: string | null;
      item?: string | null;
      moodImprovement?: number | null;
      /**
      * Format: date-time
      * @description A time, as 2026-03-10T12:00:00Z.
      */
      occurredAt?: string | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      seconds: number;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      stressAfter?: number | null;
      stressBefore?: number | null;
    };
    /** @description A span in which there was something. */
    AccountAnalyticsSum: {
      averageMinutes: number;
      /** @description Of the sessions that were completed, 0 to 1. */
      completionRate: number;
      distinctItems: number;
      minutes: number;
      moodImprovement: number | null;
      sessions: number;
      /** Format: date-time */
      startsAt: string;
      stressAfter: number | null;
      /** @description Averages of those that told them. */
      stressBefore: number | null;
    };
    AccountArchiveOrganizationReply: {
      /** Format: date-time */
      archivedAt: string;
      /** @description For people. */
      message: string;
      /** @description An organization, personal or team. */
      organizationId: string;
      /** Format: date-time */
      restorableUntil: string;
      /** @constant */
      success: true;
    };
    AccountArchiveOrganizationRequest: {
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    /** @description An organization that was archived within the last 30 days. */
    AccountArchivedOrganization: {
      /** Format: date-time */
      archivedAt: string;
      id: string;
      name: string;
      /** Format: date-time */
      restorableUntil: string;
      slug: string;
    };
    /** @description The packages of a category. */
    AccountCategory: {
      category: string;
      packages: components["schemas"]["AccountPackage"][];
    };
    AccountCompleteOnboardingReply: {
      /** @description For people. */
      message: string;
      onboarding: components["schemas"]["AccountOnboardingSteps"];
      /** @constant */
      success: true;
    };
    AccountCompleteOnboardingRequest: {
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    /** @description What is repeated to confirm a deletion: any of these. */
    AccountConfirmedBy: ("email" | "username") | "id";
    AccountCurrentOrganization: {
      /**
      * Format: date-time
      * @description When it ends, where it was cancelled.
      */
      cancelAt: string | null;
      /** Format: date-time */
      currentPeriodEnd: string;
      /** Format: date-time */
      currentPeriodStart: string;
      /** @description What costs money or adds people may be done now. */
      features: boolean;
      id: string;
      interval: components["schemas"]["Interval"];
      /** @enum {string} */
      kind: "personal" | "team";
      name: string;
      /** @description What the operator has given in place of what the plan says. */
      overrides: components["schemas"]["AccountOverride"][];
      /** @description The plan that is paid for: another one where the operator has given what `plan` has. */
      paidPlan: string;
      plan: string;
      planName: string;
      role: components["schemas"]["Role"];
      /** @description -1 is unlimited. */
      seats: number;
      slug: string;
      status: components["schemas"]["SubscriptionStatus"];
      /** Format: date-time */
      trialEndsAt: string | null;
      /** @description Alerts of the meters that nobody has acknowledged, 100 at most. */
      unreadAlerts: number;
      /**
      * Format: date-time
      * @description When features stop, or stopped; `null` where no end is known.
      */
      until: string | null;
      /** @description What people should be told. */
      warning: components["schemas"]["BillingWarning"] | null;
    };
    AccountDeleteGetReply: {
      confirmBy: components["schemas"]["AccountConfirmedBy"][];
      erased: components["schemas"]["PersonalData"][];
      kept: components["schemas"]["PersonalData"][];
      /** @description For people. */
      message: string;
      organizations: components["schemas"]["OrganizationOutlook"][];
      /** @description Why it would be refused now. */
      refusedBecause: string | null;
      /** @description Of the organizations named here; they end at once, and nothing is given back. */
      subscriptionsCancelled: number;
      /** @constant */
      success: true;
    };
    AccountDeletePostReply: {
      cancelledSubscriptions: number;
      deleted: boolean;
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    AccountDeletePostRequest: {
      confirm: string;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    AccountEducation: {
      degree: string | null;
      description: string | null;
      end: string | null;
      fieldOfStudy: string | null;
      institution: string;
      start: string | null;
    };
    AccountEndOtherSessionsReply: {
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
      terminated: number;
    };
    AccountEndOtherSessionsRequest: {
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    AccountEndSessionReply: {
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
      terminated: number;
    };
    AccountEndSessionRequest: {
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      session: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    AccountExportReply: {
      account: {
        accountType: string | null;
        /** Format: date-time */
        bannedAt: string | null;
        bannedBy: string | null;
        /** Format: date-time */
        concludedAt: string | null;
        concludedEmail: string | null;
        concludedVerified: boolean | null;
        /** Format: date-time */
        createdAt: string | null;
        currentOrganizationId: string | null;
        email: string | null;
        /** Format: date-time */
        emailSaidAt: string | null;
        /** Format: date-time */
        emailUpdatedAt: string | null;
        emailVerified: boolean | null;
        id: string | null;
        name: string | null;
        /** Format: date-time */
        onboardingCompletedAt: string | null;
        /** Format: date-time */
        profileUpdatedAt: string | null;
        /** Format: date-time */
        teamTrialStartedAt: string | null;
        username: string | null;
      } | null;
      customer: {
        /** Format: date-time */
        createdAt: string | null;
        organizationId: string | null;
        stripeCustomerId: string | null;
      } | null;
      /** Format: date-time */
      exportedAt: string;
      lists: string[];
      mailPreferences: {
        endpointDisabled: boolean | null;
        language: string | null;
        limitReached: boolean | null;
        limitWarning: boolean | null;
        trialEnding: boolean | null;
        /** Format: date-time */
        updatedAt: string | null;
      } | null;
      mailSuppressions: {
        address: string | null;
        /** Format: date-time */
        createdAt: string | null;
        reason: string | null;
      }[];
      /** @description For people. */
      message: string;
      onboarding: {
        answers: unknown;
        /** Format: date-time */
        savedAt: string | null;
        step: string | null;
      }[];
      packages: {
        /** Format: date-time */
        grantEndsAt: string | null;
        grantUses: number | null;
        /** Format: date-time */
        grantedAt: string | null;
        grantedUses: number | null;
        /** Format: date-time */
        lastOpenedAt: string | null;
        packageId: string | null;
        uses: number | null;
      }[];
      personalOrganization: {
        avatarUrl: string | null;
        billingEmail: string | null;
        /** Format: date-time */
        createdAt: string | null;
        description: string | null;
        externalId: string | null;
        id: string | null;
        kind: string | null;
        name: string | null;
        orgType: string | null;
        settings: unknown;
        slug: string | null;
      } | null;
      preferences: {
        name: string | null;
        /** Format: date-time */
        updatedAt: string | null;
        value: unknown;
      }[];
      profile: {
        avatarUrl: string | null;
        billingAddress: unknown;
        bio: string | null;
        businessAptSuite: string | null;
        businessCity: string | null;
        businessCompany: string | null;
        businessCountry: string | null;
        businessPosition: string | null;
        businessPostalCode: string | null;
        businessState: string | null;
        businessStreetAddress1: string | null;
        businessStreetAddress2: string | null;
        companyWebsite: string | null;
        /** Format: date-time */
        createdAt: string | null;
        displayName: string | null;
        education: unknown;
        firstName: string | null;
        fullName: string | null;
        language: string | null;
        lastName: string | null;
        middleName: string | null;
        personalAptSuite: string | null;
        personalCity: string | null;
        personalCountry: string | null;
        personalPostalCode: string | null;
        personalState: string | null;
        personalStreetAddress1: string | null;
        personalStreetAddress2: string | null;
        personalTitle: string | null;
        phoneCountryCode: string | null;
        phoneNumber: string | null;
        timeZone: string | null;
        /** Format: date-time */
        updatedAt: string | null;
        workExperience: unknown;
      } | null;
      subscription: {
        billingInterval: string | null;
        /** Format: date-time */
        cancelAt: string | null;
        /** Format: date-time */
        currentPeriodEnd: string | null;
        /** Format: date-time */
        currentPeriodStart: string | null;
        organizationId: string | null;
        /** Format: date-time */
        pastDueSince: string | null;
        /** Format: date-time */
        pendingAt: string | null;
        pendingInterval: string | null;
        pendingPlanId: string | null;
        planId: string | null;
        status: string | null;
        stripeSubscriptionId: string | null;
        /** Format: date-time */
        trialEndsAt: string | null;
        /** Format: date-time */
        updatedAt: string | null;
      } | null;
      /** @constant */
      success: true;
    };
    /** @description What the operator has given to this person alone. */
    AccountGrant: {
      /** Format: date-time */
      endsAt: string | null;
      /** Format: date-time */
      grantedAt: string;
      /** @description How often it opens the package yet; `null`: always. */
      remainingUses: number | null;
    };
    AccountMeReply: {
      /** @description What the request is about; `null` where that is none of the caller's. */
      current: components["schemas"]["AccountCurrentOrganization"] | null;
      /** @description For people. */
      message: string;
      /** @description `cursor` of the next page of `organizations`. */
      nextCursor?: string;
      onboarding: components["schemas"]["AccountOnboarding"];
      /** @description The first of them; `organizations` has the others. */
      organizations: components["schemas"]["AccountOrganizationEntry"][];
      /** @constant */
      success: true;
      user: components["schemas"]["AccountPerson"];
    };
    /** @description How far somebody is on their way in. */
    AccountOnboarding: {
      completed: boolean;
      /** Format: date-time */
      completedAt: string | null;
      wants: components["schemas"]["AccountOnboardingWish"][];
    };
    AccountOnboardingGetReply: {
      /** @description For people. */
      message: string;
      onboarding: components["schemas"]["AccountOnboardingSteps"];
      /** @constant */
      success: true;
    };
    AccountOnboardingPostReply: {
      /** @description For people. */
      message: string;
      onboarding: components["schemas"]["AccountOnboardingSteps"];
      /** @constant */
      success: true;
    };
    AccountOnboardingPostRequest: {
      /** @description Any JSON of at most 8000 characters. */
      answers?: unknown;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      /** @description 1 to 60 of a–z, 0–9, hyphens and underscores. */
      step: string;
    };
    /** @description How far somebody is on their way in. */
    AccountOnboardingSteps: {
      completed: boolean;
      /** Format: date-time */
      completedAt: string | null;
      /** @description In the order of their names. */
      steps: components["schemas"]["AccountStep"][];
      wants: components["schemas"]["AccountOnboardingWish"][];
    };
    /** @description What the product still wants to know of somebody new, in the order in which it asks. */
    AccountOnboardingWish: "username" | "profile";
    AccountOpenPackageReply: {
      /** @description For people. */
      message: string;
      package: components["schemas"]["AccountPackage"];
      /** @constant */
      success: true;
    };
    AccountOpenPackageRequest: {
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      package: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    AccountOrganization: {
      avatarUrl: string | null;
      billingEmail: string | null;
      /** Format: date-time */
      createdAt: string;
      description: string | null;
      id: string;
      kind: string;
      name: string;
      orgType: string;
      /** @description The product's own. */
      settings: unknown;
      slug: string;
    };
    /** @description One organization of the caller's. */
    AccountOrganizationEntry: {
      avatarUrl: string | null;
      /** @description The caller works in it where a request names none. */
      current: boolean;
      id: string;
      /** Format: date-time */
      joinedAt: string;
      /** @enum {string} */
      kind: "personal" | "team";
      name: string;
      plan: string;
      planName: string;
      role: components["schemas"]["Role"];
      slug: string;
      status: components["schemas"]["SubscriptionStatus"];
    };
    AccountOrganizationsReply: {
      /** @description For people. */
      message: string;
      nextCursor: string | null;
      organizations: components["schemas"]["AccountOrganizationEntry"][];
      /** @constant */
      success: true;
    } | {
      /** @description For people. */
      message: string;
      nextCursor: string | null;
      organizations: components["schemas"]["AccountArchivedOrganization"][];
      /** @constant */
      success: true;
    };
    /** @description What holds in place of a plan, as whoever it was given to sees it. (Why stands in their history.) */
    AccountOverride: {
      /** Format: date-time */
      endsAt: string;
      /** @description A meter, `seats` or `concurrent_sessions`; `null` for a plan. */
      feature: string | null;
      /** @description -1 is unlimited. */
      limit: number | null;
      /** @description The plan whose entitlements hold; `null` for a limit. */
      plan: string | null;
    };
    /** @description A package as the caller has it. */
    AccountPackage: {
      category: string;
      grant: components["schemas"]["AccountGrant"] | null;
      id: string;
      /** Format: date-time */
      lastOpenedAt: string | null;
      /**
      * @description Why it is not: `subscription_required`, or `plan_required`.
      * @enum {string|null}
      */
      lockedBecause: "subscription_required" | "plan_required" | null;
      /** @description The first plan that opens it, as does every later one; `null`: any. */
      minimumPlan: string | null;
      minimumPlanName: string | null;
      name: string;
      open: boolean;
      /**
      * @description `plan` or `grant`.
      * @enum {string|null}
      */
      openedBy: "plan" | "grant" | null;
      uses: number;
    };
    AccountPackagesReply: {
      categories: components["schemas"]["AccountCategory"][];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    AccountPerson: {
      /** @enum {string} */
      accountType: "user" | "admin" | "super_admin";
      avatarUrl: string | null;
      /** Format: date-time */
      createdAt: string;
      displayName: string | null;
      email: string | null;
      emailVerified: boolean;
      id: string;
      language: string | null;
      name: string;
      timeZone: string | null;
      username: string | null;
    };
    AccountPreferences: {
      audio: {
        autoplay: boolean;
        background: boolean;
        /** @enum {string} */
        quality: "standard" | "low" | "high";
        volume: number;
      };
      notification: {
        email: boolean;
        push: boolean;
        reminderTime: string;
        reminders: boolean;
        weeklySummary: boolean;
      };
      privacy: {
        analytics: boolean;
        personalization: boolean;
        /** @enum {string} */
        profile: "private" | "organization" | "public";
      };
      sessionMinutes: number;
      theme: {
        accent: string;
        /** @enum {string} */
        mode: "system" | "light" | "dark";
        reducedMotion: boolean;
      };
      /** @enum {string} */
      timeOfDay: "any" | "morning" | "afternoon" | "evening" | "night";
    };
    AccountPreferencesGetReply: {
      defaults: string[];
      /** @description For people. */
      message: string;
      preferences: components["schemas"]["AccountPreferences"];
      /** @constant */
      success: true;
    };
    AccountPreferencesPatchReply: {
      defaults: string[];
      /** @description For people. */
      message: string;
      preferences: components["schemas"]["AccountPreferences"];
      /** @constant */
      success: true;
    };
    AccountPreferencesPatchRequest: {
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      preferences: {
        audio?: {
          autoplay?: boolean | null;
          background?: boolean | null;
          /** @enum {string|null} */
          quality?: "standard" | "low" | "high" | null;
          volume?: number | null;
        };
        notification?: {
          email?: boolean | null;
          push?: boolean | null;
          reminderTime?: string | null;
          reminders?: boolean | null;
          weeklySummary?: boolean | null;
        };
        privacy?: {
          analytics?: boolean | null;
          personalization?: boolean | null;
          /** @enum {string|null} */
          profile?: "private" | "organization" | "public" | null;
        };
        sessionMinutes?: number | null;
        theme?: {
          accent?: string | null;
          /** @enum {string|null} */
          mode?: "system" | "light" | "dark" | null;
          reducedMotion?: boolean | null;
        };
        /** @enum {string|null} */
        timeOfDay?: "any" | "morning" | "afternoon" | "evening" | "night" | null;
      };
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    AccountProfile: {
      accountType: string;
      avatarUrl: string | null;
      billingAddress: components["schemas"]["AccountAddress"] | null;
      bio: string | null;
      businessAptSuite: string | null;
      businessCity: string | null;
      businessCompany: string | null;
      businessCountry: string | null;
      businessPosition: string | null;
      businessPostalCode: string | null;
      businessState: string | null;
      businessStreetAddress1: string | null;
      businessStreetAddress2: string | null;
      companyWebsite: string | null;
      /** Format: date-time */
      createdAt: string;
      displayName: string | null;
      education: components["schemas"]["AccountEducation"][] | null;
      email: string | null;
      emailVerified: boolean;
      firstName: string | null;
      fullName: string | null;
      id: string;
      language: string | null;
      lastName: string | null;
      middleName: string | null;
      onboardingCompleted: boolean;
      /** Format: date-time */
      onboardingCompletedAt: string | null;
      /** @description Stripe's alone to know. */
      paymentMethod: null;
      personalAptSuite: string | null;
      personalCity: string | null;
      personalCountry: string | null;
      personalPostalCode: string | null;
      personalState: string | null;
      personalStreetAddress1: string | null;
      personalStreetAddress2: string | null;
      personalTitle: string | null;
      phoneCountryCode: string | null;
      phoneNumber: string | null;
      profileCompleted: boolean;
      timeZone: string | null;
      /** Format: date-time */
      updatedAt: string | null;
      username: string | null;
      workExperience: components["schemas"]["AccountWorkExperience"][] | null;
    };
    AccountProfileGetReply: {
      /** @description For people. */
      message: string;
      profile: components["schemas"]["AccountProfile"];
      /** @constant */
      success: true;
    };
    AccountProfilePatchReply: {
      /** @description For people. */
      message: string;
      profile: components["schemas"]["AccountProfile"];
      /** @constant */
      success: true;
    };
    AccountProfilePatchRequest: {
      avatarUrl?: string | null;
      billingAddress?: {
        city?: string | null;
        country?: string | null;
        line1?: string | null;
        line2?: string | null;
        postalCode?: string | null;
        state?: string | null;
      } | null;
      bio?: string | null;
      businessAptSuite?: string | null;
      businessCity?: string | null;
      businessCompany?: string | null;
      businessCountry?: string | null;
      businessPosition?: string | null;
      businessPostalCode?: string | null;
      businessState?: string | null;
      businessStreetAddress1?: string | null;
      businessStreetAddress2?: string | null;
      companyWebsite?: string | null;
      displayName?: string | null;
      education?: {
        degree?: string | null;
        description?: string | null;
        end?: string | null;
        fieldOfStudy?: string | null;
        institution: string;
        start?: string | null;
      }[] | null;
      firstName?: string | null;
      fullName?: string | null;
      language?: string | null;
      lastName?: string | null;
      middleName?: string | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      personalAptSuite?: string | null;
      personalCity?: string | null;
      personalCountry?: string | null;
      personalPostalCode?: string | null;
      personalState?: string | null;
      personalStreetAddress1?: string | null;
      personalStreetAddress2?: string | null;
      personalTitle?: string | null;
      phoneCountryCode?: string | null;
      phoneNumber?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      timeZone?: string | null;
      /**
      * Format: date-time
      * @description A time, as the profile shows it, or null.
      */
      updatedAt?: string | null;
      workExperience?: {
        company: string;
        description?: string | null;
        end?: string | null;
        location?: string | null;
        position?: string | null;
        start?: string | null;
      }[] | null;
    };
    /** @description A session with the product's content. */
    AccountRecordedSession: {
      completed: boolean;
      item: string | null;
      moodImprovement: number | null;
      /** Format: date-time */
      occurredAt: string;
      seconds: number;
      stressAfter: number | null;
      stressBefore: number | null;
    };
    AccountRefusedBillingEmailAtStripe: {
      /** @constant */
      code: "billing_email_at_stripe";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    AccountRefusedNotArchived: {
      /** @constant */
      code: "not_archived";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    AccountRefusedPackageLocked: {
      /** @constant */
      code: "package_locked";
      /** @description A sentence for people. */
      error: string;
      lockedBecause: string;
      /** @description The same. */
      message: string;
      minimumPlan: string | null;
      package: string;
      /** @constant */
      success: false;
      upgradeRequired: boolean;
    };
    AccountRefusedProfileChanged: {
      /** @constant */
      code: "profile_changed";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
      /** Format: date-time */
      updatedAt: string | null;
    };
    AccountRefusedRestoreExpired: {
      /** Format: date-time */
      archivedAt: string;
      /** @constant */
      code: "restore_expired";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** Format: date-time */
      restorableUntil: string;
      /** @constant */
      success: false;
    };
    AccountRefusedStaffAccount: {
      /** @constant */
      code: "staff_account";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    AccountRefusedSubscriptionRunning: {
      cancellationRequired: boolean;
      /** @constant */
      code: "subscription_running";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
      /** Format: date-time */
      until: string;
    };
    AccountRefusedTooManySessions: {
      /** @constant */
      code: "too_many_sessions";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      most: number;
      /** @constant */
      success: false;
    };
    AccountRefusedTooManySteps: {
      /** @constant */
      code: "too_many_steps";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      most: number;
      /** @constant */
      success: false;
    };
    AccountRefusedUsernameRequired: {
      /** @constant */
      code: "username_required";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
      wants: components["schemas"]["AccountOnboardingWish"][];
    };
    AccountRefusedUsernameTaken: {
      /** @constant */
      code: "username_taken";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
      suggestions: string[];
    };
    AccountRestoreOrganizationReply: {
      /** @description For people. */
      message: string;
      /** @description An organization, personal or team. */
      organizationId: string;
      /** @constant */
      success: true;
    };
    AccountRestoreOrganizationRequest: {
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    AccountSessionsReply: {
      /** @description For people. */
      message: string;
      /** @description `cursor` of the next page; missing on the last one. */
      nextCursor?: string;
      sessions: components["schemas"]["ListedSession"][];
      /** @constant */
      success: true;
    };
    AccountStep: {
      answers: unknown;
      /** Format: date-time */
      savedAt: string;
      step: string;
    };
    AccountSubscriptionReply: {
      /** @description For people. */
      message: string;
      subscription: components["schemas"]["AccountCurrentOrganization"];
      /** @constant */
      success: true;
    };
    AccountSwitchOrganizationReply: {
      /** @description For people. */
      message: string;
      organization: components["schemas"]["AccountSwitchedTo"];
      /** @constant */
      success: true;
    };
    AccountSwitchOrganizationRequest: {
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    /** @description The organization that one works in now. */
    AccountSwitchedTo: {
      /** @description An organization, personal or team. */
      id: string;
      kind: string;
      name: string;
      role: components["schemas"]["Role"];
      slug: string;
    };
    AccountUnavailableBecause: ("reserved" | "taken") | "invalid";
    AccountUpdateOrganizationReply: {
      /** @description For people. */
      message: string;
      organization: components["schemas"]["AccountOrganization"];
      /** @constant */
      success: true;
    };
    AccountUpdateOrganizationRequest: {
      /**
      * Format: uri
      * @description An https:// address of at most 500 characters.
      */
      avatarUrl?: string | null;
      /**
      * Format: email
      * @description An e-mail address.
      */
      billingEmail?: string | null;
      description?: string | null;
      /** @description 2 to 100 characters long, without addresses or direction marks. */
      name?: string | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      settings?: Record<string, never> | null;
      /** @description 3 to 48 of a–z, 0–9 and single inner hyphens, and no reserved word. */
      slug?: string | null;
    };
    AccountUsernameGetReply: {
      available: boolean;
      /** @description For people. */
      message: string;
      reason: components["schemas"]["AccountUnavailableBecause"] | null;
      /** @constant */
      success: true;
      suggestions: string[];
      wanted: string;
    };
    AccountUsernamePostReply: {
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
      username: string;
    };
    AccountUsernamePostRequest: {
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      /** @description 3 to 30 letters (A–Z, a–z), digits and underscores, and no reserved word. */
      username: string;
    };
    AccountWorkExperience: {
      company: string;
      description: string | null;
      /** @description `null`: it goes on. */
      end: string | null;
      location: string | null;
      position: string | null;
      start: string | null;
    };
    /** @description What is allowed at a moment. Who may do it is another matter: roles decide that. */
    Allowance: {
      /** @description Looking at plans, invoices and the customer portal: in every state, since it is the way back. */
      billing: boolean;
      /** @description May be cancelled at the period's end, with arrears as well. */
      canCancel: boolean;
      /** @description Another plan or interval. Takes the place of a change that waits. Arrears are paid first, and a cancellation is taken back first. */
      canChangePlan: boolean;
      /** @description A new Stripe subscription may begin, as there is none to go on with. */
      canCheckout: boolean;
      /** @description A cancellation that has not happened yet may be taken back. */
      canResume: boolean;
      /** @description The change that waits may be given up. */
      canRevokeChange: boolean;
      /** @description What costs money or adds people. [`Subscription::access_until`] alone decides, as it does in the database. */
      features: boolean;
      /** @description Looking at and taking away what is there, signing in and out, leaving: in every state. */
      read: boolean;
      /**
      * Format: date-time
      * @description When features stop, or stopped; `None` where no end is known or they never began. Later than now if and only if features are allowed.
      */
      until: string | null;
      warning: components["schemas"]["BillingWarning"] | null;
    };
    BillingCancelReply: {
      /** @description For people. */
      message: string;
      subscription: components["schemas"]["BillingSubscription"];
      /** @constant */
      success: true;
    };
    BillingCancelRequest: {
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    BillingChangePlanReply: {
      /** @description There is nothing to change yet: a checkout begins the subscription. */
      checkoutRequired: boolean;
      currency: string;
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      dueNowCents: number;
      /** Format: date-time */
      effectiveAt: string;
      from: components["schemas"]["BillingQuotedPlan"];
      isBlocked: boolean;
      kind: components["schemas"]["PlanChange"];
      losses: components["schemas"]["Losses"];
      /** @description For people. */
      message: string;
      /** Format: date-time */
      nextInvoiceAt: string;
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      nextInvoiceCents: number | null;
      /** @description `null` for a change that waits for the end of the period. */
      proration: components["schemas"]["BillingProration"] | null;
      subscription: components["schemas"]["BillingSubscription"];
      /** @constant */
      success: true;
      to: components["schemas"]["BillingQuotedPlan"];
      /** @description What has to be done first, or should be done before the change takes effect. */
      whatToDo: string[];
    };
    BillingChangePlanRequest: {
      /** @enum {string|null} */
      interval?: "month" | "year" | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      plan: string;
      prorationDate?: number | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    BillingCheckoutReply: {
      checkoutSessionId: string;
      interval: components["schemas"]["Interval"];
      /** @description For people. */
      message: string;
      plan: string;
      /** @constant */
      success: true;
      /**
      * Format: date-time
      * @description When the first payment is due, where a trial goes on.
      */
      trialEndsAt: string | null;
      url: string;
    };
    BillingCheckoutRequest: {
      /** @description A path of the product that begins with one slash. */
      cancelPath?: string | null;
      idempotencyKey?: string | null;
      /** @enum {string|null} */
      interval?: "month" | "year" | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      plan: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      /** @description A path of the product that begins with one slash. */
      successPath?: string | null;
    };
    /** @description A period that cost something beyond the plan. */
    BillingClosedPeriod: {
      currency: string;
      lines: components["schemas"]["BillingOverageLine"][];
      /** Format: date-time */
      periodEnd: string;
      /** Format: date-time */
      periodStart: string;
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      totalCents: number;
    };
    BillingDispute: {
      chargeId: string;
      currency: string;
      /** Format: date-time */
      disputedAt: string;
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      disputedCents: number;
      id: string;
      reason: string | null;
      status: string;
    };
    BillingFeature: {
      feature: string;
      included: boolean;
      /** @constant */
      kind: "flag";
    } | {
      feature: string;
      /** @constant */
      kind: "config";
      value: unknown;
    } | {
      feature: string;
      /** @constant */
      kind: "meter";
      /** @description -1 is unlimited. */
      limit: number;
      reset: string;
    };
    BillingHistoryReply: {
      invoices: components["schemas"]["BillingInvoice"][];
      /** @description For people. */
      message: string;
      /** @description `after` of the next page; `null` on the last one. */
      next: string | null;
      /** @description `cursor` of the next page. */
      nextCursor?: string;
      /** @description Disputes of charges that paid no invoice. */
      otherDisputes: components["schemas"]["BillingDispute"][];
      /** @description What was given back of charges that paid no invoice. */
      otherRefunds: components["schemas"]["BillingRefund"][];
      /** @description What was used beyond the limits in periods that are closed, the newest first. */
      periods: components["schemas"]["BillingClosedPeriod"][];
      subscription: components["schemas"]["BillingSubscription"];
      /** @constant */
      success: true;
    };
    BillingInvoice: {
      attempts: number;
      /** Format: date-time */
      createdAt: string;
      currency: string;
      /** @description What of it was disputed, the newest first. */
      disputes: components["schemas"]["BillingDispute"][];
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      dueCents: number;
      hostedUrl: string | null;
      id: string;
      number: string | null;
      /** Format: date-time */
      paidAt: string | null;
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      paidCents: number;
      pdfUrl: string | null;
      /** Format: date-time */
      periodEnd: string;
      /** Format: date-time */
      periodStart: string;
      reason: string | null;
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      refundedCents: number;
      status: string;
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      subtotalCents: number;
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      totalCents: number;
    };
    BillingOverageLine: {
      feature: string;
      invoice: string | null;
      invoiceItem: string | null;
      invoiceStatus: string | null;
      /** @description It was counted after the period was closed. */
      isCorrection: boolean;
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      overageCents: number;
      overageUnits: number;
      /** @description Why it is carried. */
      reason: string | null;
      /** @description `closed`, `carried`, `billing`, `billed`, `withdrawn` (its item was deleted at Stripe), `not_billed`. */
      state: string;
      /** @description Units that were begun, and those of them beyond the limit. */
      used: number;
    };
    BillingPendingChange: {
      /** Format: date-time */
      at: string;
      interval: components["schemas"]["Interval"];
      plan: string;
    };
    BillingPlan: {
      /** @description What a year costs less than twelve months. */
      annualSavingsCents: number | null;
      audience: string;
      canBeBoughtBy: string[];
      /** @description -1 is unlimited. */
      concurrentSessions: number;
      features: components["schemas"]["BillingFeature"][];
      id: string;
      /** @description New organizations start on it. */
      isStart: boolean;
      name: string;
      /** @description A later one is an upgrade. */
      position: number;
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      priceMonthCents: number | null;
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      priceYearCents: number | null;
      salesContact: string | null;
      /** @description -1 is unlimited. */
      seats: number;
      trialDays: number;
    };
    BillingPlansReply: {
      currency: string;
      /** @description For people. */
      message: string;
      name: string;
      /** @description In the order of upgrades. */
      plans: components["schemas"]["BillingPlan"][];
      /** @constant */
      success: true;
    };
    BillingPortalReply: {
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
      url: string;
    };
    BillingPortalRequest: {
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description A path of the product that begins with one slash. */
      returnPath?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    BillingPreviewReply: {
      /** @description There is nothing to change yet: a checkout begins the subscription. */
      checkoutRequired: boolean;
      currency: string;
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      dueNowCents: number;
      /** Format: date-time */
      effectiveAt: string;
      from: components["schemas"]["BillingQuotedPlan"];
      isBlocked: boolean;
      kind: components["schemas"]["PlanChange"];
      losses: components["schemas"]["Losses"];
      /** @description For people. */
      message: string;
      /** Format: date-time */
      nextInvoiceAt: string;
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      nextInvoiceCents: number | null;
      /** @description `null` for a change that waits for the end of the period. */
      proration: components["schemas"]["BillingProration"] | null;
      /** @constant */
      success: true;
      to: components["schemas"]["BillingQuotedPlan"];
      /** @description What has to be done first, or should be done before the change takes effect. */
      whatToDo: string[];
    };
    BillingPreviewRequest: {
      /** @enum {string|null} */
      interval?: "month" | "year" | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      plan: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    BillingProration: {
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      chargeCents: number;
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      creditCents: number;
      /** @description Seconds since the epoch; given to `change-plan`, it costs exactly this. */
      prorationDate: number;
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      totalCents: number;
    };
    BillingQuotedPlan: {
      interval: components["schemas"]["Interval"];
      plan: string;
      planName: string;
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      priceCents: number | null;
    };
    BillingRefund: {
      chargeId: string;
      /** Format: date-time */
      chargedAt: string;
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      chargedCents: number;
      currency: string;
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      refundedCents: number;
    };
    BillingRefusedAlreadySubscribed: {
      /** @constant */
      code: "already_subscribed";
      /** @description A sentence for people. */
      error: string;
      interval: string;
      /** @description The same. */
      message: string;
      plan: string;
      /** @constant */
      success: false;
    };
    BillingRefusedCancellationPending: {
      /** Format: date-time */
      cancelAt: string;
      /** @constant */
      code: "cancellation_pending";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    BillingRefusedNoBillingAccount: {
      /** @constant */
      code: "no_billing_account";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    BillingRefusedNoSubscription: {
      checkoutRequired: boolean;
      /** @constant */
      code: "no_subscription";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    BillingRefusedNothingToResume: {
      /** @constant */
      code: "nothing_to_resume";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    BillingRefusedOrganizationMoved: {
      /** @constant */
      code: "organization_moved";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    BillingRefusedPlanNotForSale: {
      /** @constant */
      code: "plan_not_for_sale";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      salesContact: string | null;
      /** @constant */
      success: false;
    };
    BillingRefusedPlanUnchanged: {
      /** @constant */
      code: "plan_unchanged";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      plan: string;
      /** @constant */
      success: false;
    };
    BillingRefusedSeatsInUse: {
      /** @constant */
      code: "seats_in_use";
      /** @description A sentence for people. */
      error: string;
      losses: components["schemas"]["Losses"];
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
      whatToDo: string[];
    };
    BillingResumeReply: {
      /** @description For people. */
      message: string;
      subscription: components["schemas"]["BillingSubscription"];
      /** @constant */
      success: true;
    };
    BillingResumeRequest: {
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    /** @description The subscription as it is now. */
    BillingSubscription: {
      /** @description What is paid beside the plan in the same subscription. */
      addOns: unknown[];
      /** @description What the state lets its payer do next, and what to tell them. */
      allows: components["schemas"]["Allowance"];
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      amountCents: number | null;
      /** Format: date-time */
      cancelAt: string | null;
      currency: string;
      /** Format: date-time */
      currentPeriodEnd: string;
      /** Format: date-time */
      currentPeriodStart: string;
      interval: components["schemas"]["Interval"];
      isPaidThroughStripe: boolean;
      /** Format: date-time */
      pastDueSince: string | null;
      pendingChange: components["schemas"]["BillingPendingChange"] | null;
      plan: string;
      planName: string;
      status: components["schemas"]["SubscriptionStatus"];
      /** Format: date-time */
      trialEndsAt: string | null;
    };
    /** @description What people should be told; where several apply, the most pressing one. */
    BillingWarning: ("trial_ending" | "trial_ended" | "canceled" | "paused") | "payment_needed" | "payment_failed" | "payment_overdue" | "canceling";
    BillingWebhookReply: {
      /** @description It had been applied before: nothing was done. */
      duplicate: boolean;
      eventId: string;
      /** @description For people. */
      message: string;
      outcome: string;
      /** @constant */
      success: true;
    };
    CreateOrganizationCreateReply: {
      /** @description For people. */
      message: string;
      organization: components["schemas"]["CreateOrganizationOrganization"];
      /** @constant */
      success: true;
    };
    CreateOrganizationCreateRequest: {
      /** @constant */
      action?: "create";
      /**
      * Format: email
      * @description An e-mail address.
      */
      billingEmail?: string | null;
      /** @description 2 to 100 characters long, without addresses or direction marks. */
      name: string;
      /** @enum {string|null} */
      orgType?: "business" | "family" | "education" | "other" | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      plan?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      /** @description 3 to 48 of a–z, 0–9 and single inner hyphens, and no reserved word. */
      slug?: string | null;
    };
    CreateOrganizationOrganization: {
      billingEmail: string | null;
      /** Format: date-time */
      createdAt: string;
      currentSeats: number;
      /** @description An organization, personal or team. */
      id: string;
      isAdmin: boolean;
      name: string;
      plan: string;
      role: components["schemas"]["Role"];
      /** @description -1 is unlimited. */
      seatLimit: number;
      slug: string;
      status: components["schemas"]["SubscriptionStatus"];
      /**
      * Format: date-time
      * @description When the trial ends; `null` while the team waits for checkout.
      */
      trialEndsAt: string | null;
    };
    /**
    * @description Why something may not be used.
    * @enum {string}
    */
    DenialReason: "limit_reached" | "overage_cap_reached" | "feature_not_in_plan" | "subscription_required" | "viewer";
    IdentityAfterUserCreatedReply: {
      /** @description For people. */
      message: string;
      /** @description This message made the account. */
      registered: boolean;
      /** @constant */
      success: true;
      /** @description This message told something new of an account that was there. */
      updated: boolean;
      /** @description A user: the auth provider's subject. */
      userId: string;
    } | {
      /** @description How many were cancelled at Stripe. */
      cancelledSubscriptions: number;
      /** @description This message did it; not so where the user was deleted before. */
      deleted: boolean;
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
      /** @description A user: the auth provider's subject. */
      userId: string;
    } | {
      ignored: boolean;
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    IdentityArchivedOrganization: {
      id: string;
      name: string;
    };
    IdentityBeforeUserCreatedReply: {
      error?: unknown;
    };
    IdentityClerkReply: {
      /** @description For people. */
      message: string;
      /** @description This message made the account. */
      registered: boolean;
      /** @constant */
      success: true;
      /** @description This message told something new of an account that was there. */
      updated: boolean;
      /** @description A user: the auth provider's subject. */
      userId: string;
    } | {
      /** @description How many were cancelled at Stripe. */
      cancelledSubscriptions: number;
      /** @description This message did it; not so where the user was deleted before. */
      deleted: boolean;
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
      /** @description A user: the auth provider's subject. */
      userId: string;
    } | {
      ignored: boolean;
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    IdentityConversionRefusal: {
      code: string;
      message: string;
    };
    IdentityConvertBackPreviewReply: {
      /** @description Whether `convert-back` would do it now. */
      allowed: boolean;
      /** @description The personal organization that is archived, with all that is in it, and cannot be had back. */
      archivedOrganization: components["schemas"]["IdentityArchivedOrganization"] | null;
      gained: components["schemas"]["IdentityGains"] | null;
      lost: components["schemas"]["Losses"] | null;
      /** @description For people. */
      message: string;
      organization: components["schemas"]["IdentityTeamOrganization"];
      /** @description `to` is `null` where the catalog has no plan for individuals. */
      plan: {
        from: components["schemas"]["IdentityNamedPlan"] | null;
        to: components["schemas"]["IdentityNamedPlan"] | null;
      };
      /** @description Why not, as `convert-back` would refuse it. */
      reason: components["schemas"]["IdentityConversionRefusal"] | null;
      /** @description Invitations that nobody has answered; they are revoked. */
      revokedInvitations: number;
      /** @description What is before and after a change. */
      seats: {
        /** @description -1 is unlimited. */
        from: number | null;
        /** @description -1 is unlimited. */
        to: number | null;
      };
      status: components["schemas"]["SubscriptionStatus"];
      /** @constant */
      success: true;
      /** Format: date-time */
      trialEndsAt: string | null;
    };
    IdentityConvertBackPreviewRequest: {
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    IdentityConvertBackReply: {
      /** @description The one that gave way; `null` where there was none. */
      archivedOrganization: string | null;
      /** @description For people. */
      message: string;
      personalOrganization: components["schemas"]["IdentityPersonalOrganization"];
      revokedInvitations: number;
      /** @constant */
      success: true;
    };
    IdentityConvertBackRequest: {
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    IdentityConvertPreviewReply: {
      /** @description Whether `convert` would do it now. */
      allowed: boolean;
      currency: string;
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      dueNowCents: number;
      gained: components["schemas"]["IdentityGains"];
      interval: components["schemas"]["Interval"];
      lost: components["schemas"]["Losses"];
      /** @description For people. */
      message: string;
      organization: components["schemas"]["IdentityPreviewedOrganization"];
      personalOrganization: components["schemas"]["IdentityPreviewedPersonalOrganization"];
      /** @description What is before and after a change. */
      plan: {
        from: components["schemas"]["IdentityNamedPlan"];
        to: components["schemas"]["IdentityNamedPlan"];
      };
      /** @description What the new plan costs by its interval; `null` where it is not sold by itself. */
      priceCents: number | null;
      /** @description What is charged at once; `null` where nothing is paid through Stripe. */
      proration: components["schemas"]["IdentityProration"] | null;
      /** @description Why not, as `convert` would refuse it. */
      reason: components["schemas"]["IdentityConversionRefusal"] | null;
      /** @description What is before and after a change. */
      seats: {
        /** @description -1 is unlimited. */
        from: number;
        /** @description -1 is unlimited. */
        to: number;
      };
      /** @description The new plan's. */
      status: components["schemas"]["SubscriptionStatus"];
      /** @constant */
      success: true;
      /** Format: date-time */
      trialEndsAt: string | null;
    };
    IdentityConvertPreviewRequest: {
      /** @enum {string|null} */
      interval?: "month" | "year" | null;
      /** @description 2 to 100 characters long, without addresses or direction marks. */
      name?: string | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      plan?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      /** @description 3 to 48 of a–z, 0–9 and single inner hyphens, and no reserved word. */
      slug?: string | null;
    };
    IdentityConvertReply: {
      /** @description For people. */
      message: string;
      organization: components["schemas"]["IdentityConvertedOrganization"];
      personalOrganization: components["schemas"]["IdentityNewPersonalOrganization"];
      /** @constant */
      success: true;
    };
    IdentityConvertRequest: {
      /** @enum {string|null} */
      interval?: "month" | "year" | null;
      /** @description 2 to 100 characters long, without addresses or direction marks. */
      name?: string | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      plan?: string | null;
      prorationDate?: number | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      /** @description 3 to 48 of a–z, 0–9 and single inner hyphens, and no reserved word. */
      slug?: string | null;
    };
    /** @description The team, under the id that it had before. */
    IdentityConvertedOrganization: {
      currentSeats: number;
      /** @description An organization, personal or team. */
      id: string;
      isAdmin: boolean;
      name: string;
      plan: string;
      role: components["schemas"]["Role"];
      /** @description -1 is unlimited. */
      seatLimit: number;
      slug: string;
      status: components["schemas"]["SubscriptionStatus"];
      /** Format: date-time */
      trialEndsAt: string | null;
    };
    /** @description What the new plan has that the present one has not. */
    IdentityGains: {
      features: string[];
      /** @description Higher limits; `seats` and `concurrent_sessions` among them. */
      limits: components["schemas"]["IdentityLimitGain"][];
    };
    IdentityLimitGain: {
      feature: string;
      /** @description -1 is unlimited. */
      from: number;
      /** @description -1 unlimited. */
      to: number;
    };
    IdentityNamedPlan: {
      id: string;
      name: string;
    };
    /** @description The user's new personal organization. */
    IdentityNewPersonalOrganization: {
      /** @description An organization, personal or team. */
      id: string;
      name: string;
      /** @description `null` where the catalog has no plan that individuals start on. */
      plan: string | null;
      status: components["schemas"]["SubscriptionStatus"] | null;
    };
    IdentityPersonalOrganization: {
      /** @description An organization, personal or team. */
      id: string;
      name: string;
      plan: string;
      slug: string;
      status: components["schemas"]["SubscriptionStatus"];
      /** Format: date-time */
      trialEndsAt: string | null;
    };
    IdentityPersonalOrganizationGetReply: {
      /** @description An organization, personal or team. */
      currentOrganizationId: string | null;
      /** @description The caller works in a personal organization at present: no team features are shown. */
      isPersonal: boolean;
      /** @description For people. */
      message: string;
      /** @description `null` for who has none. */
      personalOrganizationId: string | null;
      /** @constant */
      success: true;
    };
    IdentityPersonalOrganizationPostReply200: {
      /** @description For people. */
      message: string;
      /** @description An organization, personal or team. */
      personalOrganizationId: string;
      /** @constant */
      success: true;
    };
    IdentityPersonalOrganizationPostReply201: {
      /** @description For people. */
      message: string;
      /** @description An organization, personal or team. */
      personalOrganizationId: string;
      /** @constant */
      success: true;
    };
    IdentityPersonalOrganizationPostRequest: {
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    /** @description The team as it would be, under the id that it has. */
    IdentityPreviewedOrganization: {
      /** @description An organization, personal or team. */
      id: string;
      name: string;
      slug: string;
    };
    /** @description The new one that the user would get. */
    IdentityPreviewedPersonalOrganization: {
      name: string;
      plan: string | null;
      status: components["schemas"]["SubscriptionStatus"] | null;
    };
    IdentityProration: {
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      chargeCents: number;
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      creditCents: number;
      /** @description Seconds since the epoch; given to `convert`, it costs exactly this. */
      prorationDate: number;
      /** @description Whole cents of the catalog's currency; negative is a credit. Sums stop at the ends of 64 bits instead of wrapping. */
      totalCents: number;
    };
    IdentityRefusedCancellationPending: {
      /** Format: date-time */
      cancelAt: string;
      /** @constant */
      code: "cancellation_pending";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    IdentityRefusedNoPersonalPlan: {
      /** @constant */
      code: "no_personal_plan";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    IdentityRefusedNotAlone: {
      /** @constant */
      code: "not_alone";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      otherMembers: number;
      /** @constant */
      success: false;
    };
    IdentityRefusedNotPersonal: {
      /** @constant */
      code: "not_personal";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    IdentityRefusedNotTeam: {
      /** @constant */
      code: "not_team";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    IdentityRefusedOrganizationMoved: {
      /** @constant */
      code: "organization_moved";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    IdentityRefusedPersonalOrganizationInUse: {
      /** @constant */
      code: "personal_organization_in_use";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    IdentityRefusedPersonalSubscriptionRunning: {
      /** @constant */
      code: "personal_subscription_running";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    IdentityRefusedPlanNotForSale: {
      /** @constant */
      code: "plan_not_for_sale";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      salesContact: string | null;
      /** @constant */
      success: false;
    };
    IdentityRefusedSubscriptionRunning: {
      /** @constant */
      code: "subscription_running";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    IdentitySupabaseUsersReply: {
      /** @description For people. */
      message: string;
      /** @description This message made the account. */
      registered: boolean;
      /** @constant */
      success: true;
      /** @description This message told something new of an account that was there. */
      updated: boolean;
      /** @description A user: the auth provider's subject. */
      userId: string;
    } | {
      /** @description How many were cancelled at Stripe. */
      cancelledSubscriptions: number;
      /** @description This message did it; not so where the user was deleted before. */
      deleted: boolean;
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
      /** @description A user: the auth provider's subject. */
      userId: string;
    } | {
      ignored: boolean;
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    /** @description It keeps its id, its name and what it has used. */
    IdentityTeamOrganization: {
      /** @description An organization, personal or team. */
      id: string;
      name: string;
      slug: string;
    };
    /**
    * @description How often a price is due.
    * @enum {string}
    */
    Interval: "month" | "year";
    InviteUserInvitation: {
      /** Format: date-time */
      createdAt: string;
      email: string;
      /** Format: date-time */
      expiresAt: string;
      /** @description An invitation, unique within its organization. */
      id: string;
      invitedBy: string;
      role: components["schemas"]["Role"];
      /**
      * @description `pending`; or `expired` when its week is over, which takes no seat; or `withdrawn` where its sender may not invite to the role any more. The latter two can be resent.
      * @enum {string}
      */
      status: "pending" | "expired" | "withdrawn";
    };
    InviteUserInviteReply: {
      invitation: components["schemas"]["InviteUserNewInvitation"];
      /** @description For people. */
      message: string;
      seatInfo: components["schemas"]["InviteUserSeatInfo"];
      /** @constant */
      success: true;
    };
    InviteUserInviteRequest: {
      /** @constant */
      action?: "invite";
      /**
      * Format: email
      * @description An e-mail address.
      */
      email: string;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @enum {string|null} */
      role?: "owner" | "admin" | "member" | "viewer" | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    InviteUserListReply: {
      invitations: components["schemas"]["InviteUserInvitation"][];
      /** @description For people. */
      message: string;
      /** @description `cursor` of the next page; missing on the last one. */
      nextCursor?: string;
      seatInfo: components["schemas"]["InviteUserSeatInfo"];
      /** @constant */
      success: true;
    };
    InviteUserListRequest: {
      /** @constant */
      action: "list";
      cursor?: string | null;
      limit?: number | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    /** @description An invitation with its token, shown once. */
    InviteUserNewInvitation: {
      email: string;
      /** Format: date-time */
      expiresAt: string;
      /** @description An invitation, unique within its organization. */
      id: string;
      inviteUrl: string;
      organizationName: string;
      role: components["schemas"]["Role"];
      token: string;
    };
    InviteUserRefusedSeatLimitExceeded: {
      /** @constant */
      code: "seat_limit_exceeded";
      currentSeats: number;
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      pending: number;
      seatLimit: number;
      seatLimitExceeded: boolean;
      /** @constant */
      success: false;
      upgradeRequired: boolean;
    };
    InviteUserResendReply: {
      invitation: components["schemas"]["InviteUserNewInvitation"];
      /** @description For people. */
      message: string;
      seatInfo: components["schemas"]["InviteUserSeatInfo"];
      /** @constant */
      success: true;
    };
    InviteUserResendRequest: {
      /** @constant */
      action: "resend";
      invitationId: string;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    InviteUserRevokeReply: {
      /** @description An invitation, unique within its organization. */
      invitationId: string;
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    InviteUserRevokeRequest: {
      /** @constant */
      action: "revoke";
      invitationId: string;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    /** @description `seatInfo` of a reply. */
    InviteUserSeatInfo: {
      currentSeats: number;
      pending: number;
      /** @description What members and live invitations leave; -1 unlimited. */
      remaining: number;
      /** @description -1 is unlimited. */
      seatLimit: number;
    };
    LimitLoss: {
      feature: string;
      /** @description -1 unlimited. */
      from: number;
      /** @description -1 is unlimited. */
      to: number;
    };
    /** @description A signed-in browser. */
    ListedSession: {
      /** @description What the client said of the browser, as it said it. */
      browserInfo: unknown;
      /** Format: date-time */
      createdAt: string;
      /** @description The browser that asks. */
      current: boolean;
      ipAddress: string | null;
      /** Format: date-time */
      lastHeartbeat: string;
      /** @description A signed-in browser, named by the client; unique per user. */
      sessionId: string;
      userAgent: string | null;
    };
    /** @description What the change itself takes: an organization that is over a limit which stays as it is loses nothing. */
    Losses: {
      /** @description Flags that turn off, configs and meters that are not there any more. */
      features: string[];
      /** @description Lower limits, used up or not; `seats` and `concurrent_sessions` among them. */
      limits: components["schemas"]["LimitLoss"][];
      /** @description The name of the wanted plan. */
      plan: string;
      /** @description More seats in use than the wanted plan has. */
      seats: components["schemas"]["SeatLoss"] | null;
      /** @description More used than the wanted plan allows. */
      usage: components["schemas"]["UsageLoss"][];
    };
    /**
    * @description A language that there are templates in (`mails/<language>/`).
    * @enum {string}
    */
    MailsLanguage: "en" | "de";
    MailsMailPreferences: {
      endpointDisabled: boolean;
      /** @description `null`: the product's. */
      language: components["schemas"]["MailsLanguage"] | null;
      limitReached: boolean;
      limitWarning: boolean;
      trialEnding: boolean;
    };
    MailsPreferencesGetReply: {
      /** @description For people. */
      message: string;
      preferences: components["schemas"]["MailsMailPreferences"];
      /** @constant */
      success: true;
    };
    MailsPreferencesPostReply: {
      /** @description For people. */
      message: string;
      preferences: components["schemas"]["MailsMailPreferences"];
      /** @constant */
      success: true;
    };
    MailsPreferencesPostRequest: {
      endpointDisabled?: boolean | null;
      /** @enum {string|null} */
      language?: "en" | "de" | null;
      limitReached?: boolean | null;
      limitWarning?: boolean | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      trialEnding?: boolean | null;
    };
    MailsResendReply: {
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
      suppressed: number;
    } | {
      ignored: boolean;
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ManageMembersChangeRoleReply: {
      /** @description A user: the auth provider's subject. */
      memberId: string;
      /** @description For people. */
      message: string;
      newRole: components["schemas"]["Role"];
      oldRole: components["schemas"]["Role"];
      /** @constant */
      success: true;
    };
    ManageMembersChangeRoleRequest: {
      /** @constant */
      action: "change_role";
      memberId: string;
      /** @enum {string} */
      newRole: "owner" | "admin" | "member" | "viewer";
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    ManageMembersLeaveReply: {
      /** @description For people. */
      message: string;
      /** @description An organization, personal or team. */
      organizationId: string;
      /** @constant */
      success: true;
    };
    ManageMembersLeaveRequest: {
      /** @constant */
      action: "leave";
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    ManageMembersListReply: {
      members: components["schemas"]["ManageMembersMember"][];
      /** @description For people. */
      message: string;
      /** @description `cursor` of the next page of members; missing on the last one. */
      nextCursor?: string;
      organization: components["schemas"]["ManageMembersOrganization"];
      /** @description Empty for members and viewers; the first 100, of which `invite-user` has all. */
      pendingInvitations: components["schemas"]["ManageMembersPendingInvitation"][];
      seatUsage: components["schemas"]["ManageMembersSeatUsage"];
      /** @constant */
      success: true;
    };
    ManageMembersListRequest: {
      /** @constant */
      action?: "list";
      cursor?: string | null;
      limit?: number | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    ManageMembersMember: {
      email: string | null;
      /** @description A user: the auth provider's subject. */
      id: string;
      isAdmin: boolean;
      /** Format: date-time */
      joinedAt: string;
      name: string;
      role: components["schemas"]["Role"];
      subscriptionActive: boolean;
    };
    ManageMembersOrganization: {
      /** Format: date-time */
      createdAt: string;
      /** @description An organization, personal or team. */
      id: string;
      isAdmin: boolean;
      /** @enum {string} */
      kind: "personal" | "team";
      name: string;
      plan: string;
      /** @description The caller's own. */
      role: components["schemas"]["Role"];
      slug: string;
      status: components["schemas"]["SubscriptionStatus"];
    };
    ManageMembersPendingInvitation: {
      /** Format: date-time */
      createdAt: string;
      email: string;
      /** Format: date-time */
      expiresAt: string;
      /** @description An invitation, unique within its organization. */
      id: string;
      role: components["schemas"]["Role"];
      /**
      * @description `pending`, or `withdrawn` where its sender may not invite to the role any more; then it can be resent.
      * @enum {string}
      */
      status: "pending" | "withdrawn";
    };
    ManageMembersRemoveReply: {
      /** @description A user: the auth provider's subject. */
      memberId: string;
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ManageMembersRemoveRequest: {
      /** @constant */
      action: "remove";
      memberId: string;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    ManageMembersSeatUsage: {
      current: number;
      /** @description -1 is unlimited. */
      limit: number;
      pendingInvites: number;
      /** @description What members and live invitations leave; -1 unlimited. */
      remaining: number;
    };
    ManageMembersTransferOwnershipReply: {
      /** @description For people. */
      message: string;
      /** @description A user: the auth provider's subject. */
      newOwnerId: string;
      /** @constant */
      success: true;
      yourRole: components["schemas"]["Role"];
    };
    ManageMembersTransferOwnershipRequest: {
      /** @constant */
      action: "transfer_ownership";
      memberId: string;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    ManageSessionCheckReply: {
      /** @description The session that `validate` would end first. */
      existingSession: components["schemas"]["ManageSessionSession"] | null;
      hasConflict: boolean;
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    ManageSessionCheckRequest: {
      /** @constant */
      action: "check";
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      sessionId: string;
    };
    ManageSessionConflictDetails: {
      sessions: components["schemas"]["ManageSessionConflictingSession"][];
      terminatedSessions: number;
    };
    /** @description An entry of `conflictDetails.sessions`, in the names that the original product's clients read. */
    ManageSessionConflictingSession: {
      /** Format: date-time */
      createdAt: string;
      ipAddress: string | null;
      /** Format: date-time */
      lastSeen: string;
      userAgent: string | null;
    };
    ManageSessionHeartbeatReply: {
      /** @description For people. */
      message: string;
      /** @enum {string} */
      reason?: "terminated" | "signed_in_elsewhere" | "expired" | "unknown";
      /** @constant */
      success: true;
      valid: boolean;
    };
    ManageSessionHeartbeatRequest: {
      /** @constant */
      action: "heartbeat";
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      sessionId: string;
    };
    ManageSessionListReply: {
      /** @description For people. */
      message: string;
      /** @description `cursor` of the next page; missing on the last one. */
      nextCursor?: string;
      sessions: components["schemas"]["ListedSession"][];
      /** @constant */
      success: true;
    };
    ManageSessionListRequest: {
      /** @constant */
      action: "list";
      cursor?: string | null;
      limit?: number | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      sessionId?: string | null;
    };
    ManageSessionRefusedSessionConflict: {
      allowMultipleSessions: boolean;
      /** @constant */
      code: "session_conflict";
      conflictDetails: components["schemas"]["ManageSessionConflictDetails"];
      /** @description A sentence for people. */
      error: string;
      isEnterprise: boolean;
      /** @description The same. */
      message: string;
      sessionConflict: boolean;
      /** @constant */
      success: false;
    };
    /** @description A signed-in browser. */
    ManageSessionSession: {
      /** @description What the client said of the browser, as it said it. */
      browserInfo: unknown;
      /** Format: date-time */
      createdAt: string;
      ipAddress: string | null;
      /** Format: date-time */
      lastHeartbeat: string;
      /** @description A signed-in browser, named by the client; unique per user. */
      sessionId: string;
      userAgent: string | null;
    };
    ManageSessionTerminateReply: {
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
      terminated: number;
    };
    ManageSessionTerminateRequest: {
      /** @constant */
      action: "terminate";
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      sessionId: string;
    };
    ManageSessionValidateReply: {
      allowMultipleSessions: boolean;
      conflictDetails: components["schemas"]["ManageSessionConflictDetails"];
      isEnterprise: boolean;
      /** @description For people. */
      message: string;
      sessionConflict: boolean;
      /** @description Shown once: what proves the session from now on, in the header `x-session-secret`. Missing where the request proved it already. */
      sessionSecret?: string;
      /** @constant */
      success: true;
    };
    ManageSessionValidateRequest: {
      /** @constant */
      action?: "validate";
      /** @description Any JSON of at most 1000 characters. */
      browserInfo?: unknown;
      /** @enum {string|null} */
      onConflict?: "terminate" | "reject" | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      sessionId: string;
      userAgent?: string | null;
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
    /** @description What goes on beyond the limit, and what the period costs by now. */
    OverageStanding: {
      allowed: boolean;
      capCents: number | null;
      chargedCents: number;
      /** @description Of a unit, as `"0.10"`; `null`: nothing goes on by the terms of now, and what is charged was charged by others before. */
      unitPrice: string | null;
    };
    /** @description What is erased, or kept, for people. */
    PersonalData: {
      /** @description Missing where it is all of it. */
      fields?: string[];
      what: string;
      /** @description Why it is kept. */
      why?: string;
    };
    /** @description The direction of a change of plan. */
    PlanChange: "same" | "upgrade" | "downgrade";
    /** @description Any refusal. */
    Refusal: {
      /** @enum {unknown} */
      code: "account_disabled" | "already_member" | "already_subscribed" | "billing_email_at_stripe" | "body_too_large" | "call_ended" | "call_not_found" | "cancellation_pending" | "catalog_limit_reached" | "database_busy" | "database_unavailable" | "email_domain_banned" | "email_not_verified" | "endpoint_not_found" | "feature_not_in_plan" | "forbidden" | "function_unavailable" | "idempotency_key_reused" | "internal" | "invalid_field" | "invalid_json" | "invalid_query" | "invalid_signature" | "invitation_declined" | "invitation_expired" | "invitation_not_found" | "invitation_pending" | "invitation_revoked" | "invitation_used" | "invitation_withdrawn" | "keys_unavailable" | "last_owner" | "limit_reached" | "member_not_found" | "method_not_allowed" | "no_billing_account" | "no_personal_plan" | "no_subscription" | "not_alone" | "not_archived" | "not_configured" | "not_found" | "not_personal" | "not_team" | "nothing_to_resume" | "organization_moved" | "organization_not_found" | "overage_cap_reached" | "package_locked" | "package_not_found" | "payment_failed" | "personal_organization" | "personal_organization_in_use" | "personal_subscription_running" | "plan_not_for_sale" | "plan_unchanged" | "profile_changed" | "provider_refused" | "provider_unavailable" | "rate_limited" | "read_only" | "reservation_not_found" | "reservation_settled" | "restore_expired" | "scope_missing" | "seat_limit_exceeded" | "seats_in_use" | "secret_rotated_lately" | "session_conflict" | "session_ended" | "slug_taken" | "staff_account" | "subscription_required" | "subscription_running" | "too_many_endpoints" | "too_many_sessions" | "too_many_steps" | "unauthenticated" | "unknown_action" | "unknown_function" | "unsupported_media_type" | "upload_limit_exceeded" | "username_required" | "username_taken" | "wrong_recipient";
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
    SeatLoss: {
      inUse: number;
      limit: number;
      over: number;
    };
    /**
    * @description The state of an organization's subscription; Stripe's names (docs.stripe.com, "How subscriptions work"), where `incomplete` also stands for a team that was never paid for.
    * @enum {string}
    */
    SubscriptionStatus: "incomplete" | "trialing" | "active" | "past_due" | "unpaid" | "canceled" | "paused";
    TrackUploadCountReply: {
      isUnlimited: boolean;
      lifetimeUploads: number;
      /** @description For people. */
      message: string;
      /** Format: date-time */
      nextResetDate: string | null;
      /** @description -1 unlimited. */
      remaining: number;
      /** @description This is the first answer again, to a repeated request. */
      replayed?: boolean;
      /** @constant */
      success: true;
      tier: string;
      totalUploads: number;
      uploadCount: number;
      /** @description -1 is unlimited. */
      uploadLimit: number;
      /** @description `null` in a status. */
      uploadType: string | null;
    };
    TrackUploadCountRequest: {
      /** @constant */
      action?: "count";
      idempotencyKey?: string | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      uploadCount?: number | null;
      uploadType: string;
    };
    TrackUploadRefusedUploadLimitExceeded: {
      /** @constant */
      code: "upload_limit_exceeded";
      currentUploads: number;
      /** @description A sentence for people. */
      error: string;
      limitExceeded: boolean;
      /** @description The same. */
      message: string;
      /** Format: date-time */
      nextResetDate: string | null;
      remaining: number;
      replayed?: boolean;
      /** @constant */
      success: false;
      tier: string;
      upgradeRequired: boolean;
      /** @description -1 is unlimited. */
      uploadLimit: number;
    };
    TrackUploadStatusReply: {
      isUnlimited: boolean;
      lifetimeUploads: number;
      /** @description For people. */
      message: string;
      /** Format: date-time */
      nextResetDate: string | null;
      /** @description -1 unlimited. */
      remaining: number;
      /** @description This is the first answer again, to a repeated request. */
      replayed?: boolean;
      /** @constant */
      success: true;
      tier: string;
      totalUploads: number;
      uploadCount: number;
      /** @description -1 is unlimited. */
      uploadLimit: number;
      /** @description `null` in a status. */
      uploadType: string | null;
    };
    TrackUploadStatusRequest: {
      /** @constant */
      action: "status";
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    TrackUsageAcknowledgeReply: {
      acknowledged: number;
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    TrackUsageAcknowledgeRequest: {
      alert: string;
      feature: string;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
    };
    TrackUsageAlert: {
      /** Format: date-time */
      acknowledgedAt: string | null;
      alert: string;
      /** Format: date-time */
      createdAt: string;
      feature: string;
      limit: number;
      /**
      * Format: date-time
      * @description `null`: of a meter that never resets.
      */
      periodStart: string | null;
      /** @description In units, at that moment. */
      used: number;
    };
    /** @description An alert that a batch has set off. */
    TrackUsageAlertTold: {
      alert: string;
      feature: string;
    };
    TrackUsageAlertsReply: {
      alerts: components["schemas"]["TrackUsageAlert"][];
      /** @description For people. */
      message: string;
      nextCursor: string | null;
      /** @constant */
      success: true;
    };
    /** @description What has become of an event. */
    TrackUsageBatchItem: {
      code?: string;
      error?: string;
      event?: components["schemas"]["TrackUsageCountedEvent"];
      field?: string;
      index: number;
      replayed: boolean;
      success: boolean;
    };
    TrackUsageBatchReply: {
      alerts: components["schemas"]["TrackUsageAlertTold"][];
      counted: number;
      /** @description For people. */
      message: string;
      meters: components["schemas"]["TrackUsageFeature"][];
      refused: number;
      results: components["schemas"]["TrackUsageBatchItem"][];
      /** @constant */
      success: true;
    };
    TrackUsageBatchRequest: {
      events: {
        /** @description Any JSON of at most 2000 characters. */
        attributes?: unknown;
        eventType?: string | null;
        feature?: string | null;
        idempotencyKey?: string | null;
        /** @enum {string|null} */
        mode?: "reject" | "cap" | null;
        /**
        * Format: date-time
        * @description A moment, as 2026-03-10T12:00:00Z.
        */
        occurredAt?: string | null;
        quantity?: number | null;
        userId?: string | null;
      }[];
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      /** @description With a service key: whose session `sessionId` is. */
      userId?: string | null;
    };
    TrackUsageCall: {
      attributes: unknown;
      costCents: number;
      /** @description What it did to the meter. */
      counted: number;
      /** Format: date-time */
      endedAt: string | null;
      id: string;
      seconds: number | null;
      /** Format: date-time */
      startedAt: string;
      /** @enum {string} */
      status: "in_progress" | "completed" | "failed";
      subject: string | null;
      type: string;
      userId: string | null;
    };
    TrackUsageCheckReply: {
      allowed: boolean;
      feature: string;
      /** @description Of the limit what was granted beside the plan's, where anything was. */
      granted?: number;
      /**
      * @description `flag`, `config` or `meter`; `null`: the plan does not have it.
      * @enum {string|null}
      */
      kind: "flag" | "config" | "meter" | null;
      /** @description With what was granted. */
      limit?: number;
      /** @description For people. */
      message: string;
      overage?: components["schemas"]["OverageStanding"] | null;
      reason?: components["schemas"]["DenialReason"];
      /** @description -1 unlimited. */
      remaining?: number;
      /** @description What reservations and calls hold. */
      reserved?: number;
      /**
      * Format: date-time
      * @description `null`: never.
      */
      resetsAt?: string | null;
      /** @constant */
      success: true;
      /**
      * @description `minute` or `hour` where a unit is more than one of what is counted; `usedQuantity` is that in what is counted.
      * @enum {string}
      */
      unit?: "minute" | "hour";
      unlimited?: boolean;
      /** @description The database could not be reached, and this is what the operator says then. */
      unverified?: boolean;
      /** @description Plans that would allow it; none where it is allowed. */
      upgrade?: components["schemas"]["Upgrade"][];
      used?: number;
      usedQuantity?: number;
      /** @description Of a flag or a config. */
      value?: unknown;
      /** @description In `entitlements`: the first of the catalog's alerts was reached. */
      warning?: boolean;
    } | {
      features: components["schemas"]["TrackUsageFeature"][];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    TrackUsageCheckRequest: {
      eventType?: string | null;
      feature?: string | null;
      features?: string[] | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      quantity?: number | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      /** @description With a service key: whose session `sessionId` is. */
      userId?: string | null;
    };
    TrackUsageConfirmReply: {
      alerts: string[];
      allowed: boolean;
      /** @description `null`: a person whom a distinct meter had counted before. */
      event: components["schemas"]["TrackUsageCountedEvent"] | null;
      feature: string;
      /** @description Of the limit what was granted beside the plan's, where anything was. */
      granted?: number;
      /**
      * @description `flag`, `config` or `meter`; `null`: the plan does not have it.
      * @enum {string|null}
      */
      kind: "flag" | "config" | "meter" | null;
      /** @description With what was granted. */
      limit?: number;
      /** @description For people. */
      message: string;
      overage?: components["schemas"]["OverageStanding"] | null;
      reason?: components["schemas"]["DenialReason"];
      /** @description -1 unlimited. */
      remaining?: number;
      replayed: boolean;
      reservation: components["schemas"]["TrackUsageReservation"];
      /** @description What reservations and calls hold. */
      reserved?: number;
      /**
      * Format: date-time
      * @description `null`: never.
      */
      resetsAt?: string | null;
      /** @constant */
      success: true;
      /**
      * @description `minute` or `hour` where a unit is more than one of what is counted; `usedQuantity` is that in what is counted.
      * @enum {string}
      */
      unit?: "minute" | "hour";
      unlimited?: boolean;
      /** @description The database could not be reached, and this is what the operator says then. */
      unverified?: boolean;
      /** @description Plans that would allow it; none where it is allowed. */
      upgrade?: components["schemas"]["Upgrade"][];
      used?: number;
      usedQuantity?: number;
      /** @description Of a flag or a config. */
      value?: unknown;
      /** @description In `entitlements`: the first of the catalog's alerts was reached. */
      warning?: boolean;
    };
    TrackUsageConfirmRequest: {
      /** @description At most 2000 characters of JSON. */
      attributes?: {
        [key: string]: string | number | boolean | null;
      } | null;
      idempotencyKey?: string | null;
      /** @enum {string|null} */
      mode?: "reject" | "cap" | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      quantity?: number | null;
      reservation: string;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      userId?: string | null;
    };
    TrackUsageCountedEvent: {
      costCents: number;
      /** @description What it did to the meter. */
      counted: number;
      id: string;
      quantity: number;
    };
    /** @description A day (UTC) on which something was used. */
    TrackUsageDay: {
      /** @description Of the attribute `score`; `null` where none had one. */
      averageScore: number | null;
      /** @description Events that counted. */
      count: number;
      /** Format: date-time */
      day: string;
      /** @description In what is counted. */
      quantity: number;
    };
    TrackUsageEarlier: {
      overageCents: number;
      /** Format: date-time */
      periodStart: string;
      /** @description In what is counted. */
      quantity: number;
    };
    TrackUsageEndCallReply: {
      alerts: string[];
      allowed: boolean;
      call: components["schemas"]["TrackUsageCall"];
      /** @description `null`: a person whom a distinct meter had counted before. */
      event: components["schemas"]["TrackUsageCountedEvent"] | null;
      feature: string;
      /** @description Of the limit what was granted beside the plan's, where anything was. */
      granted?: number;
      /**
      * @description `flag`, `config` or `meter`; `null`: the plan does not have it.
      * @enum {string|null}
      */
      kind: "flag" | "config" | "meter" | null;
      /** @description With what was granted. */
      limit?: number;
      /** @description For people. */
      message: string;
      overage?: components["schemas"]["OverageStanding"] | null;
      reason?: components["schemas"]["DenialReason"];
      /** @description -1 unlimited. */
      remaining?: number;
      replayed: boolean;
      /** @description What reservations and calls hold. */
      reserved?: number;
      /**
      * Format: date-time
      * @description `null`: never.
      */
      resetsAt?: string | null;
      /** @constant */
      success: true;
      /**
      * @description `minute` or `hour` where a unit is more than one of what is counted; `usedQuantity` is that in what is counted.
      * @enum {string}
      */
      unit?: "minute" | "hour";
      unlimited?: boolean;
      /** @description The database could not be reached, and this is what the operator says then. */
      unverified?: boolean;
      /** @description Plans that would allow it; none where it is allowed. */
      upgrade?: components["schemas"]["Upgrade"][];
      used?: number;
      usedQuantity?: number;
      /** @description Of a flag or a config. */
      value?: unknown;
      /** @description In `entitlements`: the first of the catalog's alerts was reached. */
      warning?: boolean;
    };
    TrackUsageEndCallRequest: {
      /** @description At most 2000 characters of JSON. */
      attributes?: {
        [key: string]: string | number | boolean | null;
      } | null;
      call: string;
      idempotencyKey?: string | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      seconds?: number | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      /** @enum {string|null} */
      status?: "completed" | "failed" | null;
      userId?: string | null;
    };
    TrackUsageEntitlementsReply: {
      features: components["schemas"]["TrackUsageFeature"][];
      /** @description For people. */
      message: string;
      organization: components["schemas"]["TrackUsageOrganization"];
      /** @description What the operator has given in place of what the plan says. */
      overrides: components["schemas"]["TrackUsageOverride"][];
      packages: components["schemas"]["TrackUsagePackage"][];
      plan: components["schemas"]["TrackUsagePlan"];
      role: components["schemas"]["Role"];
      seats: components["schemas"]["TrackUsageSeats"];
      /** @constant */
      success: true;
    };
    TrackUsageEventsReply: {
      events: components["schemas"]["TrackUsageUsageEvent"][];
      /** @description For people. */
      message: string;
      nextCursor: string | null;
      /** @constant */
      success: true;
    };
    /** @description The fields that every answer about a feature has; those that its kind does not have are left out. */
    TrackUsageFeature: {
      allowed: boolean;
      feature: string;
      /** @description Of the limit what was granted beside the plan's, where anything was. */
      granted?: number;
      /**
      * @description `flag`, `config` or `meter`; `null`: the plan does not have it.
      * @enum {string|null}
      */
      kind: "flag" | "config" | "meter" | null;
      /** @description With what was granted. */
      limit?: number;
      overage?: components["schemas"]["OverageStanding"] | null;
      reason?: components["schemas"]["DenialReason"];
      /** @description -1 unlimited. */
      remaining?: number;
      /** @description What reservations and calls hold. */
      reserved?: number;
      /**
      * Format: date-time
      * @description `null`: never.
      */
      resetsAt?: string | null;
      /**
      * @description `minute` or `hour` where a unit is more than one of what is counted; `usedQuantity` is that in what is counted.
      * @enum {string}
      */
      unit?: "minute" | "hour";
      unlimited?: boolean;
      /** @description The database could not be reached, and this is what the operator says then. */
      unverified?: boolean;
      /** @description Plans that would allow it; none where it is allowed. */
      upgrade?: components["schemas"]["Upgrade"][];
      used?: number;
      usedQuantity?: number;
      /** @description Of a flag or a config. */
      value?: unknown;
      /** @description In `entitlements`: the first of the catalog's alerts was reached. */
      warning?: boolean;
    };
    TrackUsageListCallsReply: {
      calls: components["schemas"]["TrackUsageCall"][];
      /** @description For people. */
      message: string;
      nextCursor: string | null;
      /** @constant */
      success: true;
    };
    TrackUsageLogCallReply: {
      alerts: string[];
      allowed: boolean;
      call: components["schemas"]["TrackUsageCall"];
      /** @description `null`: a person whom a distinct meter had counted before. */
      event: components["schemas"]["TrackUsageCountedEvent"] | null;
      feature: string;
      /** @description Of the limit what was granted beside the plan's, where anything was. */
      granted?: number;
      /**
      * @description `flag`, `config` or `meter`; `null`: the plan does not have it.
      * @enum {string|null}
      */
      kind: "flag" | "config" | "meter" | null;
      /** @description With what was granted. */
      limit?: number;
      /** @description For people. */
      message: string;
      overage?: components["schemas"]["OverageStanding"] | null;
      reason?: components["schemas"]["DenialReason"];
      /** @description -1 unlimited. */
      remaining?: number;
      replayed: boolean;
      /** @description What reservations and calls hold. */
      reserved?: number;
      /**
      * Format: date-time
      * @description `null`: never.
      */
      resetsAt?: string | null;
      /** @constant */
      success: true;
      /**
      * @description `minute` or `hour` where a unit is more than one of what is counted; `usedQuantity` is that in what is counted.
      * @enum {string}
      */
      unit?: "minute" | "hour";
      unlimited?: boolean;
      /** @description The database could not be reached, and this is what the operator says then. */
      unverified?: boolean;
      /** @description Plans that would allow it; none where it is allowed. */
      upgrade?: components["schemas"]["Upgrade"][];
      used?: number;
      usedQuantity?: number;
      /** @description Of a flag or a config. */
      value?: unknown;
      /** @description In `entitlements`: the first of the catalog's alerts was reached. */
      warning?: boolean;
    };
    TrackUsageLogCallRequest: {
      /** @description At most 2000 characters of JSON. */
      attributes?: {
        [key: string]: string | number | boolean | null;
      } | null;
      idempotencyKey?: string | null;
      /** @enum {string|null} */
      mode?: "reject" | "cap" | null;
      /**
      * Format: date-time
      * @description A moment, as 2026-03-10T12:00:00Z.
      */
      occurredAt?: string | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      seconds: number;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      /**
      * Format: date-time
      * @description A moment, as 2026-03-10T12:00:00Z.
      */
      startedAt?: string | null;
      /** @enum {string|null} */
      status?: "completed" | "failed" | null;
      type: string;
      userId?: string | null;
    };
    /** @description A meter in its period of now, with what all have used of it: more than the people together where somebody has left, where a service key has told of nobody, or of nobody who is a member. */
    TrackUsageMeterOfPeople: {
      feature: string;
      /**
      * Format: date-time
      * @description `null`: it has no periods.
      */
      periodStart: string | null;
      /** @description In what is counted. */
      quantity: number;
      /**
      * Format: date-time
      * @description `null`: never.
      */
      resetsAt: string | null;
      /**
      * @description `minute` or `hour` where a unit is more than one of what is counted.
      * @enum {string}
      */
      unit?: "minute" | "hour";
    };
    /** @description A meter, in units: minutes begun, where seconds are counted. */
    TrackUsageMeterSummary: {
      earlier: components["schemas"]["TrackUsageEarlier"][];
      feature: string;
      /** @description Of the limit what was granted beside the plan's, where anything was. */
      granted?: number;
      /** @description With what was granted. */
      limit: number;
      overage: components["schemas"]["OverageStanding"] | null;
      /** @description Of the limit, rounded down; `null`: unlimited, or a limit of nothing. */
      percentage: number | null;
      /** Format: date-time */
      periodStart: string | null;
      /** @description Units used at the period's end, if it goes on as it began; `null` on its first day, and where it does not end. */
      projected: number | null;
      /** @description -1 unlimited. */
      remaining: number;
      /** @description What reservations and calls hold. */
      reserved: number;
      /**
      * Format: date-time
      * @description `null`: never.
      */
      resetsAt: string | null;
      score: components["schemas"]["TrackUsageScores"];
      /** @description In their order; days without events are left out. */
      series: components["schemas"]["TrackUsageDay"][];
      streak: components["schemas"]["TrackUsageStreak"];
      /**
      * @description `minute` or `hour` where a unit is more than one of what is counted; `usedQuantity` is that in what is counted.
      * @enum {string}
      */
      unit?: "minute" | "hour";
      unlimited: boolean;
      used: number;
      usedQuantity?: number;
      /** @description In `entitlements`: the first of the catalog's alerts was reached. */
      warning?: boolean;
    };
    TrackUsageOpenReservation: {
      /** Format: date-time */
      createdAt: string;
      eventType: string;
      /** Format: date-time */
      expiresAt: string;
      feature: string;
      id: string;
      /** @description It is held by a call, which is ended and not confirmed. */
      isCall: boolean;
      /** @description What it holds, in what is counted. */
      quantity: number;
      subject: string | null;
      /** @description Whose request it was; `null`: a service key's. */
      userId: string | null;
    };
    TrackUsageOrganization: {
      id: string;
      isPersonal: boolean;
      name: string;
    };
    /** @description What holds in place of a plan, as whoever it was given to sees it. (Why stands in their history.) */
    TrackUsageOverride: {
      /** Format: date-time */
      endsAt: string;
      /** @description A meter, `seats` or `concurrent_sessions`; `null` for a plan. */
      feature: string | null;
      /** @description -1 is unlimited. */
      limit: number | null;
      /** @description The plan whose entitlements hold; `null` for a limit. */
      plan: string | null;
    };
    TrackUsagePackage: {
      available: boolean;
      category: string;
      id: string;
      minimumPlan: string | null;
      name: string;
    };
    TrackUsagePeopleReply: {
      /** @description For people. */
      message: string;
      meters: components["schemas"]["TrackUsageMeterOfPeople"][];
      /** @description `cursor` of the next page of people; `null` on the last one. */
      nextCursor: string | null;
      /** @description In the order in which they came, those who have used nothing included. */
      people: components["schemas"]["TrackUsagePersonUsage"][];
      /** @constant */
      success: true;
      /**
      * Format: date-time
      * @description What was written before is in: now, but where more waits to be added up than is read.
      */
      upTo: string;
    };
    TrackUsagePersonUsage: {
      email: string | null;
      name: string;
      /** @description The meters that they have used, by their names. */
      used: components["schemas"]["TrackUsageUsedOfMeter"][];
      /** @description A user: the auth provider's subject. */
      userId: string;
    };
    TrackUsagePlan: {
      /**
      * Format: date-time
      * @description When what costs money stops, unless something is paid; `null`: it goes on.
      */
      accessUntil: string | null;
      id: string;
      name: string;
      /** @description The plan that is paid for: another one where the operator has given what `plan` has. */
      paidPlan: string;
      /** @description Whether the features may be used now. */
      runs: boolean;
      status: components["schemas"]["SubscriptionStatus"];
      /** Format: date-time */
      trialEndsAt: string | null;
      /** @description What the owner should do something about. */
      warning: components["schemas"]["TrackUsagePlanWarning"] | null;
    };
    TrackUsagePlanWarning: "subscription_required" | "payment_failed" | "trial_ending";
    TrackUsageRefusedCallEnded: {
      /** @constant */
      code: "call_ended";
      counted: number | null;
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      quantity: number;
      status: string;
      /** @constant */
      success: false;
    };
    TrackUsageRefusedLimitReached: {
      allowed: boolean;
      /** @constant */
      code: "limit_reached";
      /** @description A sentence for people. */
      error: string;
      feature: string;
      /** @description Of the limit what was granted beside the plan's, where anything was. */
      granted?: number;
      /**
      * @description `flag`, `config` or `meter`; `null`: the plan does not have it.
      * @enum {string|null}
      */
      kind: "flag" | "config" | "meter" | null;
      /** @description With what was granted. */
      limit?: number;
      /** @description The same. */
      message: string;
      overage?: components["schemas"]["OverageStanding"] | null;
      reason?: components["schemas"]["DenialReason"];
      /** @description -1 unlimited. */
      remaining?: number;
      replayed?: boolean;
      /** @description What reservations and calls hold. */
      reserved?: number;
      /**
      * Format: date-time
      * @description `null`: never.
      */
      resetsAt?: string | null;
      /** @constant */
      success: false;
      /**
      * @description `minute` or `hour` where a unit is more than one of what is counted; `usedQuantity` is that in what is counted.
      * @enum {string}
      */
      unit?: "minute" | "hour";
      unlimited?: boolean;
      /** @description The database could not be reached, and this is what the operator says then. */
      unverified?: boolean;
      /** @description Plans that would allow it; none where it is allowed. */
      upgrade?: components["schemas"]["Upgrade"][];
      upgradeRequired: boolean;
      used?: number;
      usedQuantity?: number;
      /** @description Of a flag or a config. */
      value?: unknown;
      /** @description In `entitlements`: the first of the catalog's alerts was reached. */
      warning?: boolean;
    };
    TrackUsageRefusedOverageCapReached: {
      allowed: boolean;
      /** @constant */
      code: "overage_cap_reached";
      /** @description A sentence for people. */
      error: string;
      feature: string;
      /** @description Of the limit what was granted beside the plan's, where anything was. */
      granted?: number;
      /**
      * @description `flag`, `config` or `meter`; `null`: the plan does not have it.
      * @enum {string|null}
      */
      kind: "flag" | "config" | "meter" | null;
      /** @description With what was granted. */
      limit?: number;
      /** @description The same. */
      message: string;
      overage?: components["schemas"]["OverageStanding"] | null;
      reason?: components["schemas"]["DenialReason"];
      /** @description -1 unlimited. */
      remaining?: number;
      replayed?: boolean;
      /** @description What reservations and calls hold. */
      reserved?: number;
      /**
      * Format: date-time
      * @description `null`: never.
      */
      resetsAt?: string | null;
      /** @constant */
      success: false;
      /**
      * @description `minute` or `hour` where a unit is more than one of what is counted; `usedQuantity` is that in what is counted.
      * @enum {string}
      */
      unit?: "minute" | "hour";
      unlimited?: boolean;
      /** @description The database could not be reached, and this is what the operator says then. */
      unverified?: boolean;
      /** @description Plans that would allow it; none where it is allowed. */
      upgrade?: components["schemas"]["Upgrade"][];
      upgradeRequired: boolean;
      used?: number;
      usedQuantity?: number;
      /** @description Of a flag or a config. */
      value?: unknown;
      /** @description In `entitlements`: the first of the catalog's alerts was reached. */
      warning?: boolean;
    };
    TrackUsageRefusedReservationSettled: {
      /** @constant */
      code: "reservation_settled";
      counted: number | null;
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      quantity: number;
      status: string;
      /** @constant */
      success: false;
    };
    TrackUsageReleaseReply: {
      alerts: string[];
      allowed: boolean;
      /** @description `null`: a person whom a distinct meter had counted before. */
      event: components["schemas"]["TrackUsageCountedEvent"] | null;
      feature: string;
      /** @description Of the limit what was granted beside the plan's, where anything was. */
      granted?: number;
      /**
      * @description `flag`, `config` or `meter`; `null`: the plan does not have it.
      * @enum {string|null}
      */
      kind: "flag" | "config" | "meter" | null;
      /** @description With what was granted. */
      limit?: number;
      /** @description For people. */
      message: string;
      overage?: components["schemas"]["OverageStanding"] | null;
      reason?: components["schemas"]["DenialReason"];
      /** @description -1 unlimited. */
      remaining?: number;
      replayed: boolean;
      /** @description What reservations and calls hold. */
      reserved?: number;
      /**
      * Format: date-time
      * @description `null`: never.
      */
      resetsAt?: string | null;
      /** @constant */
      success: true;
      /**
      * @description `minute` or `hour` where a unit is more than one of what is counted; `usedQuantity` is that in what is counted.
      * @enum {string}
      */
      unit?: "minute" | "hour";
      unlimited?: boolean;
      /** @description The database could not be reached, and this is what the operator says then. */
      unverified?: boolean;
      /** @description Plans that would allow it; none where it is allowed. */
      upgrade?: components["schemas"]["Upgrade"][];
      used?: number;
      usedQuantity?: number;
      /** @description Of a flag or a config. */
      value?: unknown;
      /** @description In `entitlements`: the first of the catalog's alerts was reached. */
      warning?: boolean;
    } | {
      alerts: string[];
      allowed: boolean;
      /** @description `null`: a person whom a distinct meter had counted before. */
      event: components["schemas"]["TrackUsageCountedEvent"] | null;
      feature: string;
      /** @description Of the limit what was granted beside the plan's, where anything was. */
      granted?: number;
      /**
      * @description `flag`, `config` or `meter`; `null`: the plan does not have it.
      * @enum {string|null}
      */
      kind: "flag" | "config" | "meter" | null;
      /** @description With what was granted. */
      limit?: number;
      /** @description For people. */
      message: string;
      overage?: components["schemas"]["OverageStanding"] | null;
      reason?: components["schemas"]["DenialReason"];
      /** @description -1 unlimited. */
      remaining?: number;
      replayed: boolean;
      reservation: components["schemas"]["TrackUsageReservation"];
      /** @description What reservations and calls hold. */
      reserved?: number;
      /**
      * Format: date-time
      * @description `null`: never.
      */
      resetsAt?: string | null;
      /** @constant */
      success: true;
      /**
      * @description `minute` or `hour` where a unit is more than one of what is counted; `usedQuantity` is that in what is counted.
      * @enum {string}
      */
      unit?: "minute" | "hour";
      unlimited?: boolean;
      /** @description The database could not be reached, and this is what the operator says then. */
      unverified?: boolean;
      /** @description Plans that would allow it; none where it is allowed. */
      upgrade?: components["schemas"]["Upgrade"][];
      used?: number;
      usedQuantity?: number;
      /** @description Of a flag or a config. */
      value?: unknown;
      /** @description In `entitlements`: the first of the catalog's alerts was reached. */
      warning?: boolean;
    };
    TrackUsageReleaseRequest: {
      /** @description At most 2000 characters of JSON. */
      attributes?: {
        [key: string]: string | number | boolean | null;
      } | null;
      eventType?: string | null;
      feature?: string | null;
      idempotencyKey?: string | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      quantity?: number | null;
      reservation?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      userId?: string | null;
    };
    TrackUsageReservation: {
      /** Format: date-time */
      createdAt: string;
      /** Format: date-time */
      expiresAt: string;
      id: string;
      /** @description What it held, in what is counted. */
      quantity: number;
    };
    TrackUsageReservationsReply: {
      /** @description For people. */
      message: string;
      nextCursor: string | null;
      reservations: components["schemas"]["TrackUsageOpenReservation"][];
      /** @constant */
      success: true;
    };
    TrackUsageReserveReply: {
      alerts: string[];
      allowed: boolean;
      /** @description `null`: a person whom a distinct meter had counted before. */
      event: components["schemas"]["TrackUsageCountedEvent"] | null;
      feature: string;
      /** @description Of the limit what was granted beside the plan's, where anything was. */
      granted?: number;
      /**
      * @description `flag`, `config` or `meter`; `null`: the plan does not have it.
      * @enum {string|null}
      */
      kind: "flag" | "config" | "meter" | null;
      /** @description With what was granted. */
      limit?: number;
      /** @description For people. */
      message: string;
      overage?: components["schemas"]["OverageStanding"] | null;
      reason?: components["schemas"]["DenialReason"];
      /** @description -1 unlimited. */
      remaining?: number;
      replayed: boolean;
      reservation: components["schemas"]["TrackUsageReservation"];
      /** @description What reservations and calls hold. */
      reserved?: number;
      /**
      * Format: date-time
      * @description `null`: never.
      */
      resetsAt?: string | null;
      /** @constant */
      success: true;
      /**
      * @description `minute` or `hour` where a unit is more than one of what is counted; `usedQuantity` is that in what is counted.
      * @enum {string}
      */
      unit?: "minute" | "hour";
      unlimited?: boolean;
      /** @description The database could not be reached, and this is what the operator says then. */
      unverified?: boolean;
      /** @description Plans that would allow it; none where it is allowed. */
      upgrade?: components["schemas"]["Upgrade"][];
      used?: number;
      usedQuantity?: number;
      /** @description Of a flag or a config. */
      value?: unknown;
      /** @description In `entitlements`: the first of the catalog's alerts was reached. */
      warning?: boolean;
    };
    TrackUsageReserveRequest: {
      /** @description At most 2000 characters of JSON. */
      attributes?: {
        [key: string]: string | number | boolean | null;
      } | null;
      eventType?: string | null;
      expiresIn?: number | null;
      feature?: string | null;
      idempotencyKey?: string | null;
      /** @enum {string|null} */
      mode?: "reject" | "cap" | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      quantity?: number | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      userId?: string | null;
    };
    /** @description The scores of the days, and of as many days before. */
    TrackUsageScores: {
      average: number | null;
      before: number | null;
      /** @description The one less the other; `null` where one of them is missing. */
      trend: number | null;
    };
    TrackUsageSeats: {
      /** @description -1 is unlimited. */
      limit: number;
      used: number;
    };
    TrackUsageSetReply: {
      alerts: string[];
      allowed: boolean;
      /** @description `null`: a person whom a distinct meter had counted before. */
      event: components["schemas"]["TrackUsageCountedEvent"] | null;
      feature: string;
      /** @description Of the limit what was granted beside the plan's, where anything was. */
      granted?: number;
      /**
      * @description `flag`, `config` or `meter`; `null`: the plan does not have it.
      * @enum {string|null}
      */
      kind: "flag" | "config" | "meter" | null;
      /** @description With what was granted. */
      limit?: number;
      /** @description For people. */
      message: string;
      overage?: components["schemas"]["OverageStanding"] | null;
      reason?: components["schemas"]["DenialReason"];
      /** @description -1 unlimited. */
      remaining?: number;
      replayed: boolean;
      /** @description What reservations and calls hold. */
      reserved?: number;
      /**
      * Format: date-time
      * @description `null`: never.
      */
      resetsAt?: string | null;
      /** @constant */
      success: true;
      /**
      * @description `minute` or `hour` where a unit is more than one of what is counted; `usedQuantity` is that in what is counted.
      * @enum {string}
      */
      unit?: "minute" | "hour";
      unlimited?: boolean;
      /** @description The database could not be reached, and this is what the operator says then. */
      unverified?: boolean;
      /** @description Plans that would allow it; none where it is allowed. */
      upgrade?: components["schemas"]["Upgrade"][];
      used?: number;
      usedQuantity?: number;
      /** @description Of a flag or a config. */
      value?: unknown;
      /** @description In `entitlements`: the first of the catalog's alerts was reached. */
      warning?: boolean;
    };
    TrackUsageSetRequest: {
      /** @description At most 2000 characters of JSON. */
      attributes?: {
        [key: string]: string | number | boolean | null;
      } | null;
      eventType?: string | null;
      feature?: string | null;
      idempotencyKey?: string | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      userId?: string | null;
      value: number;
    };
    TrackUsageStartCallReply: {
      alerts: string[];
      allowed: boolean;
      call: components["schemas"]["TrackUsageStartedCall"];
      /** @description `null`: a person whom a distinct meter had counted before. */
      event: components["schemas"]["TrackUsageCountedEvent"] | null;
      feature: string;
      /** @description Of the limit what was granted beside the plan's, where anything was. */
      granted?: number;
      /**
      * @description `flag`, `config` or `meter`; `null`: the plan does not have it.
      * @enum {string|null}
      */
      kind: "flag" | "config" | "meter" | null;
      /** @description With what was granted. */
      limit?: number;
      /** @description For people. */
      message: string;
      overage?: components["schemas"]["OverageStanding"] | null;
      reason?: components["schemas"]["DenialReason"];
      /** @description -1 unlimited. */
      remaining?: number;
      replayed: boolean;
      /** @description What reservations and calls hold. */
      reserved?: number;
      /**
      * Format: date-time
      * @description `null`: never.
      */
      resetsAt?: string | null;
      /** @constant */
      success: true;
      /**
      * @description `minute` or `hour` where a unit is more than one of what is counted; `usedQuantity` is that in what is counted.
      * @enum {string}
      */
      unit?: "minute" | "hour";
      unlimited?: boolean;
      /** @description The database could not be reached, and this is what the operator says then. */
      unverified?: boolean;
      /** @description Plans that would allow it; none where it is allowed. */
      upgrade?: components["schemas"]["Upgrade"][];
      used?: number;
      usedQuantity?: number;
      /** @description Of a flag or a config. */
      value?: unknown;
      /** @description In `entitlements`: the first of the catalog's alerts was reached. */
      warning?: boolean;
    };
    TrackUsageStartCallRequest: {
      /** @description At most 2000 characters of JSON. */
      attributes?: {
        [key: string]: string | number | boolean | null;
      } | null;
      idempotencyKey?: string | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      seconds?: number | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      type: string;
      userId?: string | null;
    };
    /** @description A call that has begun. */
    TrackUsageStartedCall: {
      /**
      * Format: date-time
      * @description From then on it counts as failed, if nobody has ended it.
      */
      deadlineAt: string;
      id: string;
      /** @description How long it may last, by its type and by what is left of the meter. */
      mostSeconds: number;
      /** Format: date-time */
      startedAt: string;
      /** @enum {string} */
      status: "in_progress";
      type: string;
    };
    /** @description Days in a row with at least one event, over the last [`MOST_DAYS`]. */
    TrackUsageStreak: {
      /** @description Up to today, or up to yesterday while today has none. */
      current: number;
      longest: number;
    };
    TrackUsageSummaryReply: {
      /** @description For people. */
      message: string;
      meters: components["schemas"]["TrackUsageMeterSummary"][];
      /** @description What the current periods cost beyond their limits so far, those of meters included that the plan has no more. */
      overageCents: number;
      /**
      * Format: date-time
      * @description What was written before comes from roll-ups, the rest from the ledger; `null`: nothing is rolled up.
      */
      rolledUpTo: string | null;
      /** @constant */
      success: true;
      /**
      * Format: date-time
      * @description What was written before is in: now, but where more waits to be rolled up than is read.
      */
      upTo: string;
    };
    TrackUsageTrackReply: {
      alerts: string[];
      allowed: boolean;
      /** @description `null`: a person whom a distinct meter had counted before. */
      event: components["schemas"]["TrackUsageCountedEvent"] | null;
      feature: string;
      /** @description Of the limit what was granted beside the plan's, where anything was. */
      granted?: number;
      /**
      * @description `flag`, `config` or `meter`; `null`: the plan does not have it.
      * @enum {string|null}
      */
      kind: "flag" | "config" | "meter" | null;
      /** @description With what was granted. */
      limit?: number;
      /** @description For people. */
      message: string;
      overage?: components["schemas"]["OverageStanding"] | null;
      reason?: components["schemas"]["DenialReason"];
      /** @description -1 unlimited. */
      remaining?: number;
      replayed: boolean;
      /** @description What reservations and calls hold. */
      reserved?: number;
      /**
      * Format: date-time
      * @description `null`: never.
      */
      resetsAt?: string | null;
      /** @constant */
      success: true;
      /**
      * @description `minute` or `hour` where a unit is more than one of what is counted; `usedQuantity` is that in what is counted.
      * @enum {string}
      */
      unit?: "minute" | "hour";
      unlimited?: boolean;
      /** @description The database could not be reached, and this is what the operator says then. */
      unverified?: boolean;
      /** @description Plans that would allow it; none where it is allowed. */
      upgrade?: components["schemas"]["Upgrade"][];
      used?: number;
      usedQuantity?: number;
      /** @description Of a flag or a config. */
      value?: unknown;
      /** @description In `entitlements`: the first of the catalog's alerts was reached. */
      warning?: boolean;
    };
    TrackUsageTrackRequest: {
      /** @description At most 2000 characters of JSON. */
      attributes?: {
        [key: string]: string | number | boolean | null;
      } | null;
      eventType?: string | null;
      feature?: string | null;
      idempotencyKey?: string | null;
      /** @enum {string|null} */
      mode?: "reject" | "cap" | null;
      /**
      * Format: date-time
      * @description A moment, as 2026-03-10T12:00:00Z.
      */
      occurredAt?: string | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      quantity?: number | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      userId?: string | null;
    };
    TrackUsageUsageEvent: {
      accepted: boolean;
      attributes: unknown;
      costCents: number;
      counted: number;
      /** Format: date-time */
      createdAt: string;
      eventType: string;
      feature: string;
      id: string;
      kind: string;
      /** Format: date-time */
      occurredAt: string;
      quantity: number;
      /** @description The reservation or the call that it belongs to. */
      reservationId: string | null;
      subject: string | null;
      userId: string | null;
    };
    TrackUsageUsedOfMeter: {
      feature: string;
      /** @description In what is counted. Less than 0 of a gauge, where they took off what others had added. */
      quantity: number;
    };
    /** @description A later plan that would allow what was refused. */
    Upgrade: {
      /** @description Of a meter; -1 unlimited. */
      limit: number | null;
      name: string;
      plan: string;
      priceMonthCents: number | null;
      priceYearCents: number | null;
    };
    UsageLoss: {
      feature: string;
      /** @description 0 where the wanted plan has no such meter. */
      limit: number;
      over: number;
      used: number;
    };
    WebhooksAuditEvent: {
      action: string;
      /** @description A user's id, or `system`, `operator`, `stripe` and the like. */
      actorId: string;
      /** Format: date-time */
      createdAt: string;
      details: unknown;
      id: string;
      targetId: string;
    };
    WebhooksAuditReply: {
      events: components["schemas"]["WebhooksAuditEvent"][];
      /** @description For people. */
      message: string;
      nextCursor: string | null;
      /** @constant */
      success: true;
    };
    WebhooksCreateReply: {
      endpoint: components["schemas"]["WebhooksEndpoint"];
      /** @description For people. */
      message: string;
      secret: string;
      /** @constant */
      success: true;
    };
    WebhooksCreateRequest: {
      eventTypes?: ("user.registered" | "user.updated" | "user.deleted" | "user.subscribed" | "subscription.updated" | "subscription.canceled" | "trial.ending" | "trial.ended" | "organization.created" | "organization.converted" | "organization.updated" | "organization.archived" | "organization.restored" | "member.added" | "member.removed" | "member.role_changed" | "invitation.created" | "invitation.resent" | "invitation.accepted" | "invitation.declined" | "invitation.expired" | "session.terminated" | "usage.alert" | "usage.limit_reached" | "invoice.paid" | "invoice.payment_failed" | "invoice.payment_action_required" | "invoice.finalized" | "invoice.voided" | "invoice.uncollectible" | "checkout.completed" | "checkout.payment_succeeded" | "checkout.payment_failed" | "checkout.expired" | "payment.refunded" | "payment.disputed" | "payment.dispute_closed" | "billing.customer_deleted" | "webhook.endpoint_disabled")[] | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      url: string;
      /** @description With a service key: whose session `sessionId` is. */
      userId?: string | null;
    };
    WebhooksDeliveriesReply: {
      deliveries: components["schemas"]["WebhooksDelivery"][];
      /** @description For people. */
      message: string;
      nextCursor: string | null;
      /** @constant */
      success: true;
    };
    WebhooksDelivery: {
      attempts: number;
      /** Format: date-time */
      createdAt: string;
      /** @description The event's id, which is also the header `webhook-id`. */
      event: string;
      /** @description `null` for an event that is not kept any more, as the two below. */
      eventType: string | null;
      /** @description Why nobody answered. */
      failure: string | null;
      /** Format: date-time */
      lastAttemptAt: string | null;
      /** Format: date-time */
      nextAttemptAt: string | null;
      /** @description Nor has one of the operator's own any. */
      organizationId: string | null;
      /** @description The first 1 000 characters of the answer. */
      response: string | null;
      responseStatus: number | null;
      sequence: number | null;
      /**
      * @description `pending`, `delivered`, or `dead` after the last attempt has failed.
      * @enum {string}
      */
      state: "pending" | "delivered" | "dead";
    };
    /** @description The secret is shown once, by `create` and `rotate`. */
    WebhooksEndpoint: {
      /** Format: date-time */
      createdAt: string;
      /**
      * @description `failing` (for five days) or `gone` (it answered 410).
      * @enum {string|null}
      */
      disabledReason: "failing" | "gone" | null;
      /** @description `null`: all. */
      eventTypes: string[] | null;
      /**
      * Format: date-time
      * @description Since when every attempt has failed.
      */
      failingSince: string | null;
      /**
      * Format: date-time
      * @description Until then deliveries are signed with the former secret, too.
      */
      formerSecretEndsAt: string | null;
      id: string;
      /**
      * @description `active`, `paused`, or `disabled` where nobody asked for it.
      * @enum {string}
      */
      state: "active" | "paused" | "disabled";
      /** Format: date-time */
      updatedAt: string;
      url: string;
    };
    WebhooksListReply: {
      endpoints: components["schemas"]["WebhooksEndpoint"][];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    WebhooksPauseReply: {
      endpoint: components["schemas"]["WebhooksEndpoint"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    WebhooksPauseRequest: {
      endpoint: string;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      /** @description With a service key: whose session `sessionId` is. */
      userId?: string | null;
    };
    WebhooksRedeliverReply: {
      /** @description For people. */
      message: string;
      nextCursor: string | null;
      redelivered: number;
      /** @constant */
      success: true;
    };
    WebhooksRedeliverRequest: {
      cursor?: string | null;
      endpoint: string;
      event?: string | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      /**
      * Format: date-time
      * @description A moment, as 2026-03-10T12:00:00Z.
      */
      since?: string | null;
      /** @description With a service key: whose session `sessionId` is. */
      userId?: string | null;
    };
    WebhooksRefusedSecretRotatedLately: {
      /** @constant */
      code: "secret_rotated_lately";
      /** @description A sentence for people. */
      error: string;
      /** Format: date-time */
      formerSecretEndsAt: string;
      /** @description The same. */
      message: string;
      /** @constant */
      success: false;
    };
    WebhooksRefusedTooManyEndpoints: {
      /** @constant */
      code: "too_many_endpoints";
      /** @description A sentence for people. */
      error: string;
      /** @description The same. */
      message: string;
      most: number;
      /** @constant */
      success: false;
    };
    WebhooksRemoveReply: {
      endpoint: components["schemas"]["WebhooksRemovedEndpoint"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    WebhooksRemoveRequest: {
      endpoint: string;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      /** @description With a service key: whose session `sessionId` is. */
      userId?: string | null;
    };
    /** @description The endpoint that was removed. */
    WebhooksRemovedEndpoint: {
      id: string;
    };
    WebhooksResumeReply: {
      endpoint: components["schemas"]["WebhooksEndpoint"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    WebhooksResumeRequest: {
      endpoint: string;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      /** @description With a service key: whose session `sessionId` is. */
      userId?: string | null;
    };
    WebhooksRotateReply: {
      endpoint: components["schemas"]["WebhooksEndpoint"];
      /** @description For people. */
      message: string;
      secret: string;
      /** @constant */
      success: true;
    };
    WebhooksRotateRequest: {
      compromised?: boolean | null;
      endpoint: string;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      /** @description With a service key: whose session `sessionId` is. */
      userId?: string | null;
    };
    WebhooksTestReply: {
      delivered: boolean;
      event: string;
      failure: string | null;
      /** @description For people. */
      message: string;
      response: string | null;
      responseStatus: number | null;
      /** @constant */
      success: true;
    };
    WebhooksTestRequest: {
      endpoint: string;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      /** @description With a service key: whose session `sessionId` is. */
      userId?: string | null;
    };
    WebhooksUpdateReply: {
      endpoint: components["schemas"]["WebhooksEndpoint"];
      /** @description For people. */
      message: string;
      /** @constant */
      success: true;
    };
    WebhooksUpdateRequest: {
      allEventTypes?: boolean | null;
      endpoint: string;
      eventTypes?: ("user.registered" | "user.updated" | "user.deleted" | "user.subscribed" | "subscription.updated" | "subscription.canceled" | "trial.ending" | "trial.ended" | "organization.created" | "organization.converted" | "organization.updated" | "organization.archived" | "organization.restored" | "member.added" | "member.removed" | "member.role_changed" | "invitation.created" | "invitation.resent" | "invitation.accepted" | "invitation.declined" | "invitation.expired" | "session.terminated" | "usage.alert" | "usage.limit_reached" | "invoice.paid" | "invoice.payment_failed" | "invoice.payment_action_required" | "invoice.finalized" | "invoice.voided" | "invoice.uncollectible" | "checkout.completed" | "checkout.payment_succeeded" | "checkout.payment_failed" | "checkout.expired" | "payment.refunded" | "payment.disputed" | "payment.dispute_closed" | "billing.customer_deleted" | "webhook.endpoint_disabled")[] | null;
      /** @description The organization that it is about; the header says the same. */
      organizationId?: string | null;
      /** @description The browser that asks; the header says the same. */
      sessionId?: string | null;
      url?: string | null;
      /** @description With a service key: whose session `sessionId` is. */
      userId?: string | null;
    };
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
    /** @description Refused: `invalid_field`, `invalid_json`, `unknown_action`. */
    "400.invalid_field.invalid_json.unknown_action": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedInvalidField"] | components["schemas"]["RefusedInvalidJson"] | components["schemas"]["RefusedUnknownAction"];
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
    /** @description Refused: `invalid_signature`. */
    "401.invalid_signature": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedInvalidSignature"];
      };
    };
    /** @description Refused: `session_ended`, `unauthenticated`. */
    "401.session_ended.unauthenticated": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedSessionEnded"] | components["schemas"]["RefusedUnauthenticated"];
      };
    };
    /** @description Refused: `unauthenticated`. */
    "401.unauthenticated": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedUnauthenticated"];
      };
    };
    /** @description Refused: `payment_failed`. */
    "402.payment_failed": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedPaymentFailed"];
      };
    };
    /** @description Refused: `payment_failed`, `subscription_required`. */
    "402.payment_failed.subscription_required": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedPaymentFailed"] | components["schemas"]["RefusedSubscriptionRequired"];
      };
    };
    /** @description Refused: `subscription_required`. */
    "402.subscription_required": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedSubscriptionRequired"];
      };
    };
    /** @description Refused: `account_disabled`, `email_domain_banned`. */
    "403.account_disabled.email_domain_banned": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedAccountDisabled"] | components["schemas"]["RefusedEmailDomainBanned"];
      };
    };
    /** @description Refused: `account_disabled`, `email_domain_banned`, `email_not_verified`, `read_only`, `wrong_recipient`. */
    "403.account_disabled.email_domain_banned.email_not_verified.read_only.wrong_recipient": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedAccountDisabled"] | components["schemas"]["RefusedEmailDomainBanned"] | components["schemas"]["RefusedEmailNotVerified"] | components["schemas"]["RefusedReadOnly"] | components["schemas"]["RefusedWrongRecipient"];
      };
    };
    /** @description Refused: `account_disabled`, `email_domain_banned`, `feature_not_in_plan`, `forbidden`, `read_only`. */
    "403.account_disabled.email_domain_banned.feature_not_in_plan.forbidden.read_only": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedAccountDisabled"] | components["schemas"]["RefusedEmailDomainBanned"] | components["schemas"]["RefusedFeatureNotInPlan"] | components["schemas"]["RefusedForbidden"] | components["schemas"]["RefusedReadOnly"];
      };
    };
    /** @description Refused: `account_disabled`, `email_domain_banned`, `feature_not_in_plan`, `forbidden`, `read_only`, `scope_missing`. */
    "403.account_disabled.email_domain_banned.feature_not_in_plan.forbidden.read_only.scope_missing": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedAccountDisabled"] | components["schemas"]["RefusedEmailDomainBanned"] | components["schemas"]["RefusedFeatureNotInPlan"] | components["schemas"]["RefusedForbidden"] | components["schemas"]["RefusedReadOnly"] | components["schemas"]["RefusedScopeMissing"];
      };
    };
    /** @description Refused: `account_disabled`, `email_domain_banned`, `feature_not_in_plan`, `read_only`. */
    "403.account_disabled.email_domain_banned.feature_not_in_plan.read_only": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedAccountDisabled"] | components["schemas"]["RefusedEmailDomainBanned"] | components["schemas"]["RefusedFeatureNotInPlan"] | components["schemas"]["RefusedReadOnly"];
      };
    };
    /** @description Refused: `account_disabled`, `email_domain_banned`, `forbidden`. */
    "403.account_disabled.email_domain_banned.forbidden": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedAccountDisabled"] | components["schemas"]["RefusedEmailDomainBanned"] | components["schemas"]["RefusedForbidden"];
      };
    };
    /** @description Refused: `account_disabled`, `email_domain_banned`, `forbidden`, `read_only`. */
    "403.account_disabled.email_domain_banned.forbidden.read_only": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedAccountDisabled"] | components["schemas"]["RefusedEmailDomainBanned"] | components["schemas"]["RefusedForbidden"] | components["schemas"]["RefusedReadOnly"];
      };
    };
    /** @description Refused: `account_disabled`, `email_domain_banned`, `forbidden`, `read_only`, `scope_missing`. */
    "403.account_disabled.email_domain_banned.forbidden.read_only.scope_missing": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedAccountDisabled"] | components["schemas"]["RefusedEmailDomainBanned"] | components["schemas"]["RefusedForbidden"] | components["schemas"]["RefusedReadOnly"] | components["schemas"]["RefusedScopeMissing"];
      };
    };
    /** @description Refused: `account_disabled`, `email_domain_banned`, `forbidden`, `scope_missing`. */
    "403.account_disabled.email_domain_banned.forbidden.scope_missing": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedAccountDisabled"] | components["schemas"]["RefusedEmailDomainBanned"] | components["schemas"]["RefusedForbidden"] | components["schemas"]["RefusedScopeMissing"];
      };
    };
    /** @description Refused: `account_disabled`, `email_domain_banned`, `read_only`. */
    "403.account_disabled.email_domain_banned.read_only": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedAccountDisabled"] | components["schemas"]["RefusedEmailDomainBanned"] | components["schemas"]["RefusedReadOnly"];
      };
    };
    /** @description Refused: `account_disabled`, `email_domain_banned`, `read_only`, `scope_missing`. */
    "403.account_disabled.email_domain_banned.read_only.scope_missing": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedAccountDisabled"] | components["schemas"]["RefusedEmailDomainBanned"] | components["schemas"]["RefusedReadOnly"] | components["schemas"]["RefusedScopeMissing"];
      };
    };
    /** @description Refused: `account_disabled`, `email_domain_banned`, `scope_missing`. */
    "403.account_disabled.email_domain_banned.scope_missing": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedAccountDisabled"] | components["schemas"]["RefusedEmailDomainBanned"] | components["schemas"]["RefusedScopeMissing"];
      };
    };
    /** @description Refused: `call_not_found`, `organization_not_found`. */
    "404.call_not_found.organization_not_found": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedCallNotFound"] | components["schemas"]["RefusedOrganizationNotFound"];
      };
    };
    /** @description Refused: `endpoint_not_found`, `organization_not_found`. */
    "404.endpoint_not_found.organization_not_found": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedEndpointNotFound"] | components["schemas"]["RefusedOrganizationNotFound"];
      };
    };
    /** @description Refused: `invitation_not_found`. */
    "404.invitation_not_found": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedInvitationNotFound"];
      };
    };
    /** @description Refused: `invitation_not_found`, `organization_not_found`. */
    "404.invitation_not_found.organization_not_found": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedInvitationNotFound"] | components["schemas"]["RefusedOrganizationNotFound"];
      };
    };
    /** @description Refused: `member_not_found`, `organization_not_found`. */
    "404.member_not_found.organization_not_found": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedMemberNotFound"] | components["schemas"]["RefusedOrganizationNotFound"];
      };
    };
    /** @description Refused: `organization_not_found`. */
    "404.organization_not_found": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedOrganizationNotFound"];
      };
    };
    /** @description Refused: `organization_not_found`, `package_not_found`. */
    "404.organization_not_found.package_not_found": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedOrganizationNotFound"] | components["schemas"]["RefusedPackageNotFound"];
      };
    };
    /** @description Refused: `organization_not_found`, `reservation_not_found`. */
    "404.organization_not_found.reservation_not_found": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedOrganizationNotFound"] | components["schemas"]["RefusedReservationNotFound"];
      };
    };
    /** @description Refused: `already_member`, `invitation_declined`, `invitation_revoked`, `invitation_used`, `invitation_withdrawn`. */
    "409.already_member.invitation_declined.invitation_revoked.invitation_used.invitation_withdrawn": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedAlreadyMember"] | components["schemas"]["RefusedInvitationDeclined"] | components["schemas"]["RefusedInvitationRevoked"] | components["schemas"]["RefusedInvitationUsed"] | components["schemas"]["RefusedInvitationWithdrawn"];
      };
    };
    /** @description Refused: `already_member`, `invitation_pending`, `personal_organization`. */
    "409.already_member.invitation_pending.personal_organization": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedAlreadyMember"] | components["schemas"]["RefusedInvitationPending"] | components["schemas"]["RefusedPersonalOrganization"];
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
    /** @description Refused: `invitation_declined`, `invitation_revoked`, `invitation_used`. */
    "409.invitation_declined.invitation_revoked.invitation_used": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedInvitationDeclined"] | components["schemas"]["RefusedInvitationRevoked"] | components["schemas"]["RefusedInvitationUsed"];
      };
    };
    /** @description Refused: `invitation_declined`, `invitation_revoked`, `invitation_used`, `invitation_withdrawn`. */
    "409.invitation_declined.invitation_revoked.invitation_used.invitation_withdrawn": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedInvitationDeclined"] | components["schemas"]["RefusedInvitationRevoked"] | components["schemas"]["RefusedInvitationUsed"] | components["schemas"]["RefusedInvitationWithdrawn"];
      };
    };
    /** @description Refused: `invitation_declined`, `invitation_revoked`, `invitation_used`, `personal_organization`. */
    "409.invitation_declined.invitation_revoked.invitation_used.personal_organization": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedInvitationDeclined"] | components["schemas"]["RefusedInvitationRevoked"] | components["schemas"]["RefusedInvitationUsed"] | components["schemas"]["RefusedPersonalOrganization"];
      };
    };
    /** @description Refused: `last_owner`, `personal_organization`. */
    "409.last_owner.personal_organization": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedLastOwner"] | components["schemas"]["RefusedPersonalOrganization"];
      };
    };
    /** @description Refused: `personal_organization`. */
    "409.personal_organization": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedPersonalOrganization"];
      };
    };
    /** @description Refused: `slug_taken`. */
    "409.slug_taken": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedSlugTaken"];
      };
    };
    /** @description Refused: `invitation_expired`. */
    "410.invitation_expired": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedInvitationExpired"];
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
    /** @description Refused: `catalog_limit_reached`, `rate_limited`. */
    "429.catalog_limit_reached.rate_limited": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedCatalogLimitReached"] | components["schemas"]["RefusedRateLimited"];
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
    /** @description Refused: `database_busy`, `database_unavailable`, `function_unavailable`, `keys_unavailable`, `not_configured`. */
    "503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedDatabaseBusy"] | components["schemas"]["RefusedDatabaseUnavailable"] | components["schemas"]["RefusedFunctionUnavailable"] | components["schemas"]["RefusedKeysUnavailable"] | components["schemas"]["RefusedNotConfigured"];
      };
    };
    /** @description Refused: `database_busy`, `database_unavailable`, `function_unavailable`, `keys_unavailable`, `not_configured`, `provider_unavailable`. */
    "503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured.provider_unavailable": {
      headers: {
        [name: string]: unknown;
      };
      content: {
        "application/json": components["schemas"]["RefusedDatabaseBusy"] | components["schemas"]["RefusedDatabaseUnavailable"] | components["schemas"]["RefusedFunctionUnavailable"] | components["schemas"]["RefusedKeysUnavailable"] | components["schemas"]["RefusedNotConfigured"] | components["schemas"]["RefusedProviderUnavailable"];
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
export interface operations {
  acceptInvitation_accept: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "action": "accept",
        *       "token": "Zk3vB0xYq1mTn8sRw5uLc2pJd7hGf4eKa9iOo6tNb1U"
        *     }
        */
        "application/json": components["schemas"]["AcceptInvitationAcceptRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AcceptInvitationAcceptReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.email_not_verified.read_only.wrong_recipient"];
      404: components["responses"]["404.invitation_not_found.organization_not_found"];
      409: components["responses"]["409.already_member.invitation_declined.invitation_revoked.invitation_used.invitation_withdrawn"];
      410: components["responses"]["410.invitation_expired"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      /** @description Refused: `rate_limited`, `seat_limit_exceeded`. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RefusedRateLimited"] | components["schemas"]["AcceptInvitationRefusedSeatLimitExceeded"];
        };
      };
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  acceptInvitation_decline: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "action": "decline",
        *       "token": "Zk3vB0xYq1mTn8sRw5uLc2pJd7hGf4eKa9iOo6tNb1U"
        *     }
        */
        "application/json": components["schemas"]["AcceptInvitationDeclineRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AcceptInvitationDeclineReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.email_not_verified.read_only.wrong_recipient"];
      404: components["responses"]["404.invitation_not_found.organization_not_found"];
      409: components["responses"]["409.invitation_declined.invitation_revoked.invitation_used"];
      410: components["responses"]["410.invitation_expired"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  acceptInvitation_preview: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "action": "preview",
        *       "token": "Zk3vB0xYq1mTn8sRw5uLc2pJd7hGf4eKa9iOo6tNb1U"
        *     }
        */
        "application/json": components["schemas"]["AcceptInvitationPreviewRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AcceptInvitationPreviewReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      404: components["responses"]["404.invitation_not_found"];
      409: components["responses"]["409.invitation_declined.invitation_revoked.invitation_used.invitation_withdrawn"];
      410: components["responses"]["410.invitation_expired"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable"];
    };
  };
  account_analyticsGet: {
    parameters: {
      query?: {
        from?: string;
        /** @example week */
        span?: "day" | "week" | "month";
        to?: string;
        organizationId?: string;
        sessionId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountAnalyticsGetReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_analyticsPost: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "completed": true,
        *       "item": "waves",
        *       "seconds": 600,
        *       "stressAfter": 4,
        *       "stressBefore": 7
        *     }
        */
        "application/json": components["schemas"]["AccountAnalyticsPostRequest"];
      };
    };
    responses: {
      /** @description It was made. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountAnalyticsPostReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only"];
      404: components["responses"]["404.organization_not_found"];
      409: components["responses"]["409.idempotency_key_reused"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      /** @description Refused: `rate_limited`, `too_many_sessions`. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RefusedRateLimited"] | components["schemas"]["AccountRefusedTooManySessions"];
        };
      };
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_archiveOrganization: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        /**
        * @example {
        *       "organizationId": "019cd79e-4600-7b14-bd6d-e4e63bbe31ec"
        *     }
        */
        "application/json": components["schemas"]["AccountArchiveOrganizationRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountArchiveOrganizationReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only"];
      404: components["responses"]["404.organization_not_found"];
      /** @description Refused: `personal_organization`, `subscription_running`. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RefusedPersonalOrganization"] | components["schemas"]["AccountRefusedSubscriptionRunning"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_completeOnboarding: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        /** @example {} */
        "application/json": components["schemas"]["AccountCompleteOnboardingRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountCompleteOnboardingReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only"];
      404: components["responses"]["404.organization_not_found"];
      /** @description Refused: `username_required`. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountRefusedUsernameRequired"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_deleteGet: {
    parameters: {
      query?: {
        organizationId?: string;
        sessionId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountDeleteGetReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_deletePost: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "confirm": "ida@example.com"
        *     }
        */
        "application/json": components["schemas"]["AccountDeletePostRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountDeletePostReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only"];
      404: components["responses"]["404.organization_not_found"];
      /** @description Refused: `staff_account`. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountRefusedStaffAccount"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured.provider_unavailable"];
    };
  };
  account_endOtherSessions: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        /**
        * @example {
        *       "sessionId": "desk"
        *     }
        */
        "application/json": components["schemas"]["AccountEndOtherSessionsRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountEndOtherSessionsReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only"];
      404: components["responses"]["404.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_endSession: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "session": "tablet",
        *       "sessionId": "desk"
        *     }
        */
        "application/json": components["schemas"]["AccountEndSessionRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountEndSessionReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only"];
      404: components["responses"]["404.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_export: {
    parameters: {
      query?: {
        cursor?: string;
        list?: "memberships" | "formerMemberships" | "invitations" | "sessions" | "analytics" | "analyticsDays" | "mails" | "alerts" | "events" | "reservations" | "calls" | "audit" | "subscriptions" | "invoices" | "refunds" | "disputes" | "periods" | "totals" | "grants" | "overrides" | "formerPlans";
        organizationId?: string;
        sessionId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountExportReply"];
          "application/x-ndjson": string;
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_me: {
    parameters: {
      query?: {
        cursor?: string;
        organizationId?: string;
        sessionId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountMeReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_onboardingGet: {
    parameters: {
      query?: {
        organizationId?: string;
        sessionId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountOnboardingGetReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_onboardingPost: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "answers": {
        *         "size": "11-50"
        *       },
        *       "step": "company"
        *     }
        */
        "application/json": components["schemas"]["AccountOnboardingPostRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountOnboardingPostReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only"];
      404: components["responses"]["404.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      /** @description Refused: `rate_limited`, `too_many_steps`. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RefusedRateLimited"] | components["schemas"]["AccountRefusedTooManySteps"];
        };
      };
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_openPackage: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "package": "open"
        *     }
        */
        "application/json": components["schemas"]["AccountOpenPackageRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountOpenPackageReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      /** @description Refused: `account_disabled`, `email_domain_banned`, `package_locked`, `read_only`. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RefusedAccountDisabled"] | components["schemas"]["RefusedEmailDomainBanned"] | components["schemas"]["AccountRefusedPackageLocked"] | components["schemas"]["RefusedReadOnly"];
        };
      };
      404: components["responses"]["404.organization_not_found.package_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_organizations: {
    parameters: {
      query?: {
        cursor?: string;
        limit?: number;
        show?: "present" | "archived";
        organizationId?: string;
        sessionId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountOrganizationsReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_packages: {
    parameters: {
      query?: {
        category?: string;
        organizationId?: string;
        sessionId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountPackagesReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_preferencesGet: {
    parameters: {
      query?: {
        organizationId?: string;
        sessionId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountPreferencesGetReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_preferencesPatch: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "preferences": {
        *         "audio": {
        *           "volume": 40
        *         },
        *         "sessionMinutes": 30
        *       }
        *     }
        */
        "application/json": components["schemas"]["AccountPreferencesPatchRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountPreferencesPatchReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only"];
      404: components["responses"]["404.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_profileGet: {
    parameters: {
      query?: {
        organizationId?: string;
        sessionId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountProfileGetReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_profilePatch: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        /**
        * @example {
        *       "bio": null,
        *       "firstName": "Ida",
        *       "lastName": "Rhodes",
        *       "personalCountry": "us",
        *       "updatedAt": null
        *     }
        */
        "application/json": components["schemas"]["AccountProfilePatchRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountProfilePatchReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only"];
      404: components["responses"]["404.organization_not_found"];
      /** @description Refused: `profile_changed`. */
      412: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountRefusedProfileChanged"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_restoreOrganization: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        /**
        * @example {
        *       "organizationId": "019cd79e-4600-7b14-bd6d-e4e63bbe31ec"
        *     }
        */
        "application/json": components["schemas"]["AccountRestoreOrganizationRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountRestoreOrganizationReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only"];
      404: components["responses"]["404.organization_not_found"];
      /** @description Refused: `not_archived`, `restore_expired`. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountRefusedNotArchived"] | components["schemas"]["AccountRefusedRestoreExpired"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_sessions: {
    parameters: {
      query?: {
        cursor?: string;
        limit?: number;
        organizationId?: string;
        sessionId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountSessionsReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_subscription: {
    parameters: {
      query?: {
        organizationId?: string;
        sessionId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountSubscriptionReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_switchOrganization: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        /**
        * @example {
        *       "organizationId": "019cd79e-4600-7b14-bd6d-e4e63bbe31ec"
        *     }
        */
        "application/json": components["schemas"]["AccountSwitchOrganizationRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountSwitchOrganizationReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only"];
      404: components["responses"]["404.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_updateOrganization: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        /**
        * @example {
        *       "description": "Ledgers for the rest of us.",
        *       "settings": {
        *         "theme": "dark"
        *       }
        *     }
        */
        "application/json": components["schemas"]["AccountUpdateOrganizationRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountUpdateOrganizationReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only"];
      404: components["responses"]["404.organization_not_found"];
      /** @description Refused: `billing_email_at_stripe`, `slug_taken`. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountRefusedBillingEmailAtStripe"] | components["schemas"]["RefusedSlugTaken"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_usernameGet: {
    parameters: {
      query: {
        /** @example admin */
        wanted: string;
        organizationId?: string;
        sessionId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountUsernameGetReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  account_usernamePost: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "username": "ida_rhodes"
        *     }
        */
        "application/json": components["schemas"]["AccountUsernamePostRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountUsernamePostReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only"];
      404: components["responses"]["404.organization_not_found"];
      /** @description Refused: `username_taken`. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AccountRefusedUsernameTaken"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  billing_cancel: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        /** @example {} */
        "application/json": components["schemas"]["BillingCancelRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BillingCancelReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.payment_failed"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only"];
      404: components["responses"]["404.organization_not_found"];
      /** @description Refused: `cancellation_pending`, `no_subscription`, `provider_refused`. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BillingRefusedCancellationPending"] | components["schemas"]["BillingRefusedNoSubscription"] | components["schemas"]["RefusedProviderRefused"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured.provider_unavailable"];
    };
  };
  billing_changePlan: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "plan": "professional"
        *     }
        */
        "application/json": components["schemas"]["BillingChangePlanRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BillingChangePlanReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.payment_failed.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only"];
      404: components["responses"]["404.organization_not_found"];
      /** @description Refused: `cancellation_pending`, `no_subscription`, `organization_moved`, `plan_not_for_sale`, `plan_unchanged`, `provider_refused`, `seats_in_use`. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BillingRefusedCancellationPending"] | components["schemas"]["BillingRefusedNoSubscription"] | components["schemas"]["BillingRefusedOrganizationMoved"] | components["schemas"]["BillingRefusedPlanNotForSale"] | components["schemas"]["BillingRefusedPlanUnchanged"] | components["schemas"]["RefusedProviderRefused"] | components["schemas"]["BillingRefusedSeatsInUse"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured.provider_unavailable"];
    };
  };
  billing_checkout: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "plan": "starter",
        *       "successPath": "/welcome"
        *     }
        */
        "application/json": components["schemas"]["BillingCheckoutRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BillingCheckoutReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.payment_failed"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only"];
      404: components["responses"]["404.organization_not_found"];
      /** @description Refused: `already_subscribed`, `idempotency_key_reused`, `organization_moved`, `plan_not_for_sale`, `provider_refused`, `seats_in_use`. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BillingRefusedAlreadySubscribed"] | components["schemas"]["RefusedIdempotencyKeyReused"] | components["schemas"]["BillingRefusedOrganizationMoved"] | components["schemas"]["BillingRefusedPlanNotForSale"] | components["schemas"]["RefusedProviderRefused"] | components["schemas"]["BillingRefusedSeatsInUse"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured.provider_unavailable"];
    };
  };
  billing_history: {
    parameters: {
      query?: {
        after?: string;
        cursor?: string;
        limit?: number;
        organizationId?: string;
        sessionId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BillingHistoryReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  billing_plans: {
    parameters: {
      query?: {
        sessionId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BillingPlansReply"];
        };
      };
      /** @description It is as the caller has it (`If-None-Match`). */
      304: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable"];
    };
  };
  billing_portal: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        /**
        * @example {
        *       "returnPath": "/settings"
        *     }
        */
        "application/json": components["schemas"]["BillingPortalRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BillingPortalReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.payment_failed"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only"];
      404: components["responses"]["404.organization_not_found"];
      /** @description Refused: `no_billing_account`, `provider_refused`. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BillingRefusedNoBillingAccount"] | components["schemas"]["RefusedProviderRefused"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured.provider_unavailable"];
    };
  };
  billing_preview: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "plan": "professional"
        *     }
        */
        "application/json": components["schemas"]["BillingPreviewRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BillingPreviewReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only"];
      404: components["responses"]["404.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  billing_resume: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        /** @example {} */
        "application/json": components["schemas"]["BillingResumeRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BillingResumeReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.payment_failed"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only"];
      404: components["responses"]["404.organization_not_found"];
      /** @description Refused: `no_subscription`, `nothing_to_resume`, `organization_moved`, `provider_refused`. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BillingRefusedNoSubscription"] | components["schemas"]["BillingRefusedNothingToResume"] | components["schemas"]["BillingRefusedOrganizationMoved"] | components["schemas"]["RefusedProviderRefused"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured.provider_unavailable"];
    };
  };
  billing_webhook: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": Record<string, never>;
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BillingWebhookReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.invalid_signature"];
      413: components["responses"]["413.body_too_large"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.not_configured.provider_unavailable"];
    };
  };
  createOrganization_create: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "billingEmail": "billing@example.com",
        *       "name": "Northwind Voice"
        *     }
        */
        "application/json": components["schemas"]["CreateOrganizationCreateRequest"];
      };
    };
    responses: {
      /** @description It was made. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["CreateOrganizationCreateReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only"];
      404: components["responses"]["404.organization_not_found"];
      409: components["responses"]["409.slug_taken"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.catalog_limit_reached.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  identity_afterUserCreated: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": Record<string, never>;
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["IdentityAfterUserCreatedReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.invalid_signature"];
      413: components["responses"]["413.body_too_large"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.not_configured"];
    };
  };
  identity_beforeUserCreated: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": Record<string, never>;
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["IdentityBeforeUserCreatedReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.invalid_signature"];
      413: components["responses"]["413.body_too_large"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.not_configured"];
    };
  };
  identity_clerk: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": Record<string, never>;
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["IdentityClerkReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.invalid_signature"];
      413: components["responses"]["413.body_too_large"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.not_configured.provider_unavailable"];
    };
  };
  identity_convert: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        /**
        * @example {
        *       "name": "Iversen Audio",
        *       "slug": "iversen-audio"
        *     }
        */
        "application/json": components["schemas"]["IdentityConvertRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["IdentityConvertReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.payment_failed.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only"];
      404: components["responses"]["404.organization_not_found"];
      /** @description Refused: `cancellation_pending`, `not_personal`, `plan_not_for_sale`, `provider_refused`, `slug_taken`. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["IdentityRefusedCancellationPending"] | components["schemas"]["IdentityRefusedNotPersonal"] | components["schemas"]["IdentityRefusedPlanNotForSale"] | components["schemas"]["RefusedProviderRefused"] | components["schemas"]["RefusedSlugTaken"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.catalog_limit_reached.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured.provider_unavailable"];
    };
  };
  identity_convertBack: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        /** @example {} */
        "application/json": components["schemas"]["IdentityConvertBackRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["IdentityConvertBackReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only"];
      404: components["responses"]["404.organization_not_found"];
      /** @description Refused: `no_personal_plan`, `not_alone`, `not_team`, `organization_moved`, `personal_organization_in_use`, `personal_subscription_running`, `subscription_running`. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["IdentityRefusedNoPersonalPlan"] | components["schemas"]["IdentityRefusedNotAlone"] | components["schemas"]["IdentityRefusedNotTeam"] | components["schemas"]["IdentityRefusedOrganizationMoved"] | components["schemas"]["IdentityRefusedPersonalOrganizationInUse"] | components["schemas"]["IdentityRefusedPersonalSubscriptionRunning"] | components["schemas"]["IdentityRefusedSubscriptionRunning"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  identity_convertBackPreview: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        /** @example {} */
        "application/json": components["schemas"]["IdentityConvertBackPreviewRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["IdentityConvertBackPreviewReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only"];
      404: components["responses"]["404.organization_not_found"];
      /** @description Refused: `no_personal_plan`, `not_alone`, `not_team`, `organization_moved`, `personal_organization_in_use`, `personal_subscription_running`, `subscription_running`. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["IdentityRefusedNoPersonalPlan"] | components["schemas"]["IdentityRefusedNotAlone"] | components["schemas"]["IdentityRefusedNotTeam"] | components["schemas"]["IdentityRefusedOrganizationMoved"] | components["schemas"]["IdentityRefusedPersonalOrganizationInUse"] | components["schemas"]["IdentityRefusedPersonalSubscriptionRunning"] | components["schemas"]["IdentityRefusedSubscriptionRunning"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  identity_convertPreview: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        /**
        * @example {
        *       "name": "Iversen Audio"
        *     }
        */
        "application/json": components["schemas"]["IdentityConvertPreviewRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["IdentityConvertPreviewReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only"];
      404: components["responses"]["404.organization_not_found"];
      /** @description Refused: `cancellation_pending`, `not_personal`, `plan_not_for_sale`, `slug_taken`. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["IdentityRefusedCancellationPending"] | components["schemas"]["IdentityRefusedNotPersonal"] | components["schemas"]["IdentityRefusedPlanNotForSale"] | components["schemas"]["RefusedSlugTaken"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.catalog_limit_reached.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  identity_personalOrganizationGet: {
    parameters: {
      query?: {
        organizationId?: string;
        sessionId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["IdentityPersonalOrganizationGetReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  identity_personalOrganizationPost: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        /** @example {} */
        "application/json": components["schemas"]["IdentityPersonalOrganizationPostRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["IdentityPersonalOrganizationPostReply200"];
        };
      };
      /** @description It was made. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["IdentityPersonalOrganizationPostReply201"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only"];
      404: components["responses"]["404.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  identity_supabaseUsers: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": Record<string, never>;
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["IdentitySupabaseUsersReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.invalid_signature"];
      413: components["responses"]["413.body_too_large"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.not_configured.provider_unavailable"];
    };
  };
  inviteUser_invite: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "action": "invite",
        *       "email": "Ben@Example.com",
        *       "role": "admin"
        *     }
        */
        "application/json": components["schemas"]["InviteUserInviteRequest"];
      };
    };
    responses: {
      /** @description It was made. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["InviteUserInviteReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only"];
      404: components["responses"]["404.organization_not_found"];
      409: components["responses"]["409.already_member.invitation_pending.personal_organization"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      /** @description Refused: `catalog_limit_reached`, `rate_limited`, `seat_limit_exceeded`. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RefusedCatalogLimitReached"] | components["schemas"]["RefusedRateLimited"] | components["schemas"]["InviteUserRefusedSeatLimitExceeded"];
        };
      };
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  inviteUser_list: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "action": "list"
        *     }
        */
        "application/json": components["schemas"]["InviteUserListRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["InviteUserListReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only"];
      404: components["responses"]["404.organization_not_found"];
      409: components["responses"]["409.personal_organization"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  inviteUser_resend: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "action": "resend",
        *       "invitationId": "019cd79e-4600-7b14-bd6d-e4e63bbe31ec"
        *     }
        */
        "application/json": components["schemas"]["InviteUserResendRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["InviteUserResendReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only"];
      404: components["responses"]["404.invitation_not_found.organization_not_found"];
      409: components["responses"]["409.invitation_declined.invitation_revoked.invitation_used.personal_organization"];
      410: components["responses"]["410.invitation_expired"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      /** @description Refused: `catalog_limit_reached`, `rate_limited`, `seat_limit_exceeded`. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RefusedCatalogLimitReached"] | components["schemas"]["RefusedRateLimited"] | components["schemas"]["InviteUserRefusedSeatLimitExceeded"];
        };
      };
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  inviteUser_revoke: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "action": "revoke",
        *       "invitationId": "019cd79e-4600-7b14-bd6d-e4e63bbe31ec"
        *     }
        */
        "application/json": components["schemas"]["InviteUserRevokeRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["InviteUserRevokeReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only"];
      404: components["responses"]["404.invitation_not_found.organization_not_found"];
      409: components["responses"]["409.invitation_declined.invitation_revoked.invitation_used.personal_organization"];
      410: components["responses"]["410.invitation_expired"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  mails_preferencesGet: {
    parameters: {
      query?: {
        organizationId?: string;
        sessionId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["MailsPreferencesGetReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  mails_preferencesPost: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        /**
        * @example {
        *       "language": "de",
        *       "limitWarning": false
        *     }
        */
        "application/json": components["schemas"]["MailsPreferencesPostRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["MailsPreferencesPostReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only"];
      404: components["responses"]["404.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  mails_resend: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": Record<string, never>;
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["MailsResendReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.invalid_signature"];
      413: components["responses"]["413.body_too_large"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.not_configured"];
    };
  };
  mails_unsubscribeGet: {
    parameters: {
      query: {
        user: string;
        kind: string;
        signature: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "text/html": string;
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.invalid_signature"];
      413: components["responses"]["413.body_too_large"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.not_configured"];
    };
  };
  mails_unsubscribePost: {
    parameters: {
      query: {
        user: string;
        kind: string;
        signature: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "text/html": string;
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.invalid_signature"];
      413: components["responses"]["413.body_too_large"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.not_configured"];
    };
  };
  manageMembers_listGet: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ManageMembersListReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only"];
      404: components["responses"]["404.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  manageMembers_changeRole: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "action": "change_role",
        *       "memberId": "019cd79e-4600-7b14-bd6d-e4e63bbe31ec",
        *       "newRole": "member"
        *     }
        */
        "application/json": components["schemas"]["ManageMembersChangeRoleRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ManageMembersChangeRoleReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only"];
      404: components["responses"]["404.member_not_found.organization_not_found"];
      409: components["responses"]["409.last_owner.personal_organization"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  manageMembers_leave: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "action": "leave"
        *     }
        */
        "application/json": components["schemas"]["ManageMembersLeaveRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ManageMembersLeaveReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only"];
      404: components["responses"]["404.organization_not_found"];
      409: components["responses"]["409.last_owner.personal_organization"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  manageMembers_list: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        /**
        * @example {
        *       "action": "list"
        *     }
        */
        "application/json": components["schemas"]["ManageMembersListRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ManageMembersListReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only"];
      404: components["responses"]["404.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  manageMembers_remove: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "action": "remove",
        *       "memberId": "019cd79e-4600-7b14-bd6d-e4e63bbe31ec"
        *     }
        */
        "application/json": components["schemas"]["ManageMembersRemoveRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ManageMembersRemoveReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only"];
      404: components["responses"]["404.member_not_found.organization_not_found"];
      409: components["responses"]["409.last_owner.personal_organization"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  manageMembers_transferOwnership: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "action": "transfer_ownership",
        *       "memberId": "019cd79e-4600-7b14-bd6d-e4e63bbe31ec"
        *     }
        */
        "application/json": components["schemas"]["ManageMembersTransferOwnershipRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ManageMembersTransferOwnershipReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only"];
      404: components["responses"]["404.member_not_found.organization_not_found"];
      409: components["responses"]["409.personal_organization"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  manageSession_check: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "action": "check",
        *       "sessionId": "phone-19c2"
        *     }
        */
        "application/json": components["schemas"]["ManageSessionCheckRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ManageSessionCheckReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only"];
      404: components["responses"]["404.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  manageSession_heartbeat: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "action": "heartbeat",
        *       "sessionId": "laptop-7f3a"
        *     }
        */
        "application/json": components["schemas"]["ManageSessionHeartbeatRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ManageSessionHeartbeatReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      401: components["responses"]["401.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only"];
      404: components["responses"]["404.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  manageSession_list: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "action": "list",
        *       "sessionId": "phone-19c2"
        *     }
        */
        "application/json": components["schemas"]["ManageSessionListRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ManageSessionListReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only"];
      404: components["responses"]["404.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  manageSession_terminate: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "action": "terminate",
        *       "sessionId": "phone-19c2"
        *     }
        */
        "application/json": components["schemas"]["ManageSessionTerminateRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ManageSessionTerminateReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only"];
      404: components["responses"]["404.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  manageSession_validate: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "action": "validate",
        *       "sessionId": "phone-19c2",
        *       "userAgent": "Safari on iPhone"
        *     }
        */
        "application/json": components["schemas"]["ManageSessionValidateRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ManageSessionValidateReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      401: components["responses"]["401.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only"];
      404: components["responses"]["404.organization_not_found"];
      /** @description Refused: `session_conflict`. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ManageSessionRefusedSessionConflict"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.catalog_limit_reached.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  trackUpload_statusGet: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUploadStatusReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.feature_not_in_plan.read_only"];
      404: components["responses"]["404.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  trackUpload_count: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "idempotencyKey": "import-2048",
        *       "uploadCount": 2,
        *       "uploadType": "rate_sheet"
        *     }
        */
        "application/json": components["schemas"]["TrackUploadCountRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUploadCountReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.feature_not_in_plan.forbidden.read_only"];
      404: components["responses"]["404.organization_not_found"];
      409: components["responses"]["409.idempotency_key_reused"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      /** @description Refused: `catalog_limit_reached`, `rate_limited`, `upload_limit_exceeded`. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RefusedCatalogLimitReached"] | components["schemas"]["RefusedRateLimited"] | components["schemas"]["TrackUploadRefusedUploadLimitExceeded"];
        };
      };
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  trackUpload_status: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "action": "status"
        *     }
        */
        "application/json": components["schemas"]["TrackUploadStatusRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUploadStatusReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json.unknown_action"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.feature_not_in_plan.read_only"];
      404: components["responses"]["404.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  trackUsage_acknowledge: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "alert": "80_percent",
        *       "feature": "uploads"
        *     }
        */
        "application/json": components["schemas"]["TrackUsageAcknowledgeRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUsageAcknowledgeReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only"];
      404: components["responses"]["404.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  trackUsage_alerts: {
    parameters: {
      query?: {
        cursor?: string;
        feature?: string;
        limit?: number;
        show?: "open" | "all";
        since?: string;
        organizationId?: string;
        sessionId?: string;
        userId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUsageAlertsReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.scope_missing"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  trackUsage_batch: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "events": [
        *         {
        *           "feature": "records",
        *           "idempotencyKey": "sync-1",
        *           "quantity": 2
        *         },
        *         {
        *           "feature": "records",
        *           "quantity": 500
        *         }
        *       ]
        *     }
        */
        "application/json": components["schemas"]["TrackUsageBatchRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUsageBatchReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only.scope_missing"];
      404: components["responses"]["404.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.catalog_limit_reached.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  trackUsage_check: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        /**
        * @example {
        *       "feature": "uploads",
        *       "quantity": 2
        *     }
        */
        "application/json": components["schemas"]["TrackUsageCheckRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUsageCheckReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.read_only.scope_missing"];
      404: components["responses"]["404.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  trackUsage_confirm: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "quantity": 42,
        *       "reservation": "019cd79e-4600-7b14-bd6d-e4e63bbe31ec"
        *     }
        */
        "application/json": components["schemas"]["TrackUsageConfirmRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUsageConfirmReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.feature_not_in_plan.forbidden.read_only.scope_missing"];
      404: components["responses"]["404.organization_not_found.reservation_not_found"];
      /** @description Refused: `idempotency_key_reused`, `reservation_settled`. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RefusedIdempotencyKeyReused"] | components["schemas"]["TrackUsageRefusedReservationSettled"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      /** @description Refused: `catalog_limit_reached`, `limit_reached`, `overage_cap_reached`, `rate_limited`. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RefusedCatalogLimitReached"] | components["schemas"]["TrackUsageRefusedLimitReached"] | components["schemas"]["TrackUsageRefusedOverageCapReached"] | components["schemas"]["RefusedRateLimited"];
        };
      };
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  trackUsage_endCall: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "call": "019cd79e-4600-7b14-bd6d-e4e63bbe31ec"
        *     }
        */
        "application/json": components["schemas"]["TrackUsageEndCallRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUsageEndCallReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.feature_not_in_plan.forbidden.read_only.scope_missing"];
      404: components["responses"]["404.call_not_found.organization_not_found"];
      /** @description Refused: `call_ended`, `idempotency_key_reused`. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUsageRefusedCallEnded"] | components["schemas"]["RefusedIdempotencyKeyReused"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      /** @description Refused: `catalog_limit_reached`, `limit_reached`, `overage_cap_reached`, `rate_limited`. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RefusedCatalogLimitReached"] | components["schemas"]["TrackUsageRefusedLimitReached"] | components["schemas"]["TrackUsageRefusedOverageCapReached"] | components["schemas"]["RefusedRateLimited"];
        };
      };
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  trackUsage_entitlements: {
    parameters: {
      query?: {
        organizationId?: string;
        sessionId?: string;
        userId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUsageEntitlementsReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.scope_missing"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  trackUsage_events: {
    parameters: {
      query?: {
        before?: string;
        cursor?: string;
        feature?: string;
        limit?: number;
        since?: string;
        userId?: string;
        organizationId?: string;
        sessionId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUsageEventsReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.scope_missing"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  trackUsage_listCalls: {
    parameters: {
      query?: {
        cursor?: string;
        limit?: number;
        since?: string;
        status?: "in_progress" | "completed" | "failed";
        type?: string;
        userId?: string;
        organizationId?: string;
        sessionId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUsageListCallsReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.scope_missing"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  trackUsage_logCall: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "idempotencyKey": "provider-call-77",
        *       "seconds": 125,
        *       "type": "ai_voice"
        *     }
        */
        "application/json": components["schemas"]["TrackUsageLogCallRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUsageLogCallReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.feature_not_in_plan.forbidden.read_only.scope_missing"];
      404: components["responses"]["404.organization_not_found"];
      409: components["responses"]["409.idempotency_key_reused"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      /** @description Refused: `catalog_limit_reached`, `limit_reached`, `overage_cap_reached`, `rate_limited`. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RefusedCatalogLimitReached"] | components["schemas"]["TrackUsageRefusedLimitReached"] | components["schemas"]["TrackUsageRefusedOverageCapReached"] | components["schemas"]["RefusedRateLimited"];
        };
      };
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  trackUsage_people: {
    parameters: {
      query?: {
        cursor?: string;
        limit?: number;
        organizationId?: string;
        sessionId?: string;
        userId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUsagePeopleReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.scope_missing"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  trackUsage_release: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        /**
        * @example {
        *       "feature": "records",
        *       "quantity": 15
        *     }
        */
        "application/json": components["schemas"]["TrackUsageReleaseRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUsageReleaseReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.feature_not_in_plan.forbidden.read_only.scope_missing"];
      404: components["responses"]["404.organization_not_found.reservation_not_found"];
      /** @description Refused: `idempotency_key_reused`, `reservation_settled`. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RefusedIdempotencyKeyReused"] | components["schemas"]["TrackUsageRefusedReservationSettled"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      /** @description Refused: `catalog_limit_reached`, `limit_reached`, `overage_cap_reached`, `rate_limited`. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RefusedCatalogLimitReached"] | components["schemas"]["TrackUsageRefusedLimitReached"] | components["schemas"]["TrackUsageRefusedOverageCapReached"] | components["schemas"]["RefusedRateLimited"];
        };
      };
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  trackUsage_reservations: {
    parameters: {
      query?: {
        cursor?: string;
        feature?: string;
        limit?: number;
        userId?: string;
        organizationId?: string;
        sessionId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUsageReservationsReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.scope_missing"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  trackUsage_reserve: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        /**
        * @example {
        *       "expiresIn": 3600,
        *       "feature": "records",
        *       "quantity": 50
        *     }
        */
        "application/json": components["schemas"]["TrackUsageReserveRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUsageReserveReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.feature_not_in_plan.forbidden.read_only.scope_missing"];
      404: components["responses"]["404.organization_not_found.reservation_not_found"];
      409: components["responses"]["409.idempotency_key_reused"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      /** @description Refused: `catalog_limit_reached`, `limit_reached`, `overage_cap_reached`, `rate_limited`. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RefusedCatalogLimitReached"] | components["schemas"]["TrackUsageRefusedLimitReached"] | components["schemas"]["TrackUsageRefusedOverageCapReached"] | components["schemas"]["RefusedRateLimited"];
        };
      };
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  trackUsage_set: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "feature": "records",
        *       "value": 40
        *     }
        */
        "application/json": components["schemas"]["TrackUsageSetRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUsageSetReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.feature_not_in_plan.forbidden.read_only.scope_missing"];
      404: components["responses"]["404.organization_not_found"];
      409: components["responses"]["409.idempotency_key_reused"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      /** @description Refused: `catalog_limit_reached`, `limit_reached`, `overage_cap_reached`, `rate_limited`. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RefusedCatalogLimitReached"] | components["schemas"]["TrackUsageRefusedLimitReached"] | components["schemas"]["TrackUsageRefusedOverageCapReached"] | components["schemas"]["RefusedRateLimited"];
        };
      };
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  trackUsage_startCall: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "type": "ai_voice"
        *     }
        */
        "application/json": components["schemas"]["TrackUsageStartCallRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUsageStartCallReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.feature_not_in_plan.forbidden.read_only.scope_missing"];
      404: components["responses"]["404.organization_not_found"];
      /** @description Refused: `call_ended`, `idempotency_key_reused`. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUsageRefusedCallEnded"] | components["schemas"]["RefusedIdempotencyKeyReused"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      /** @description Refused: `catalog_limit_reached`, `limit_reached`, `overage_cap_reached`, `rate_limited`. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RefusedCatalogLimitReached"] | components["schemas"]["TrackUsageRefusedLimitReached"] | components["schemas"]["TrackUsageRefusedOverageCapReached"] | components["schemas"]["RefusedRateLimited"];
        };
      };
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  trackUsage_summary: {
    parameters: {
      query?: {
        days?: number;
        periods?: number;
        organizationId?: string;
        sessionId?: string;
        userId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUsageSummaryReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.scope_missing"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  trackUsage_track: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        /**
        * @example {
        *       "attributes": {
        *         "source": "portal"
        *       },
        *       "eventType": "comparison",
        *       "idempotencyKey": "import-2049"
        *     }
        */
        "application/json": components["schemas"]["TrackUsageTrackRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TrackUsageTrackReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.feature_not_in_plan.forbidden.read_only.scope_missing"];
      404: components["responses"]["404.organization_not_found"];
      409: components["responses"]["409.idempotency_key_reused"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      /** @description Refused: `catalog_limit_reached`, `limit_reached`, `overage_cap_reached`, `rate_limited`. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RefusedCatalogLimitReached"] | components["schemas"]["TrackUsageRefusedLimitReached"] | components["schemas"]["TrackUsageRefusedOverageCapReached"] | components["schemas"]["RefusedRateLimited"];
        };
      };
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  webhooks_audit: {
    parameters: {
      query?: {
        /** @example webhook.secret_rotated */
        action?: string;
        actor?: string;
        cursor?: string;
        limit?: number;
        since?: string;
        target?: string;
        until?: string;
        organizationId?: string;
        sessionId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhooksAuditReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  webhooks_auditExport: {
    parameters: {
      query?: {
        /** @example webhook.secret_rotated */
        action?: string;
        actor?: string;
        cursor?: string;
        /** @example csv */
        format?: "csv" | "ndjson";
        since?: string;
        target?: string;
        until?: string;
        organizationId?: string;
        sessionId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/x-ndjson": string;
          "text/csv": string;
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  webhooks_create: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "eventTypes": [
        *         "member.removed",
        *         "user.deleted"
        *       ],
        *       "url": "https://hooks.northwind.example/tallygate"
        *     }
        */
        "application/json": components["schemas"]["WebhooksCreateRequest"];
      };
    };
    responses: {
      /** @description It was made. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhooksCreateReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.feature_not_in_plan.forbidden.read_only.scope_missing"];
      404: components["responses"]["404.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      /** @description Refused: `rate_limited`, `too_many_endpoints`. */
      429: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RefusedRateLimited"] | components["schemas"]["WebhooksRefusedTooManyEndpoints"];
        };
      };
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  webhooks_deliveries: {
    parameters: {
      query: {
        cursor?: string;
        /** @example 019cd79e-4600-7b14-bd6d-e4e63bbe31ec */
        endpoint: string;
        limit?: number;
        state?: "pending" | "delivered" | "dead";
        organizationId?: string;
        sessionId?: string;
        userId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhooksDeliveriesReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.scope_missing"];
      404: components["responses"]["404.endpoint_not_found.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  webhooks_list: {
    parameters: {
      query?: {
        organizationId?: string;
        sessionId?: string;
        userId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhooksListReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_query"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.scope_missing"];
      404: components["responses"]["404.organization_not_found"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  webhooks_pause: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "endpoint": "019cd79e-4600-7b14-bd6d-e4e63bbe31ec"
        *     }
        */
        "application/json": components["schemas"]["WebhooksPauseRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhooksPauseReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only.scope_missing"];
      404: components["responses"]["404.endpoint_not_found.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  webhooks_redeliver: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "endpoint": "019cd79e-4600-7b14-bd6d-e4e63bbe31ec",
        *       "event": "019cd79e-4600-7b14-bd6d-e4e63bbe31ec"
        *     }
        */
        "application/json": components["schemas"]["WebhooksRedeliverRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhooksRedeliverReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.feature_not_in_plan.forbidden.read_only.scope_missing"];
      404: components["responses"]["404.endpoint_not_found.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  webhooks_remove: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "endpoint": "019cd79e-4600-7b14-bd6d-e4e63bbe31ec"
        *     }
        */
        "application/json": components["schemas"]["WebhooksRemoveRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhooksRemoveReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      403: components["responses"]["403.account_disabled.email_domain_banned.forbidden.read_only.scope_missing"];
      404: components["responses"]["404.endpoint_not_found.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  webhooks_resume: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "endpoint": "019cd79e-4600-7b14-bd6d-e4e63bbe31ec"
        *     }
        */
        "application/json": components["schemas"]["WebhooksResumeRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhooksResumeReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.feature_not_in_plan.forbidden.read_only.scope_missing"];
      404: components["responses"]["404.endpoint_not_found.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  webhooks_rotate: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "endpoint": "019cd79e-4600-7b14-bd6d-e4e63bbe31ec"
        *     }
        */
        "application/json": components["schemas"]["WebhooksRotateRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhooksRotateReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.feature_not_in_plan.forbidden.read_only.scope_missing"];
      404: components["responses"]["404.endpoint_not_found.organization_not_found"];
      /** @description Refused: `secret_rotated_lately`. */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhooksRefusedSecretRotatedLately"];
        };
      };
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  webhooks_test: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "endpoint": "019cd79e-4600-7b14-bd6d-e4e63bbe31ec"
        *     }
        */
        "application/json": components["schemas"]["WebhooksTestRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhooksTestReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.feature_not_in_plan.forbidden.read_only.scope_missing"];
      404: components["responses"]["404.endpoint_not_found.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
  webhooks_update: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
        * @example {
        *       "allEventTypes": true,
        *       "endpoint": "019cd79e-4600-7b14-bd6d-e4e63bbe31ec"
        *     }
        */
        "application/json": components["schemas"]["WebhooksUpdateRequest"];
      };
    };
    responses: {
      /** @description It was done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhooksUpdateReply"];
        };
      };
      400: components["responses"]["400.invalid_field.invalid_json"];
      401: components["responses"]["401.session_ended.unauthenticated"];
      402: components["responses"]["402.subscription_required"];
      403: components["responses"]["403.account_disabled.email_domain_banned.feature_not_in_plan.forbidden.read_only.scope_missing"];
      404: components["responses"]["404.endpoint_not_found.organization_not_found"];
      413: components["responses"]["413.body_too_large"];
      415: components["responses"]["415.unsupported_media_type"];
      429: components["responses"]["429.rate_limited"];
      500: components["responses"]["500.internal"];
      503: components["responses"]["503.database_busy.database_unavailable.function_unavailable.keys_unavailable.not_configured"];
    };
  };
}
