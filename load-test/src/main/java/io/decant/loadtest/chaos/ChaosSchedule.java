package io.decant.loadtest.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * What happens when, from a seed alone. It does not depend on what the machine can do, so that one seed is one schedule
 * everywhere; what a machine cannot do is skipped there by name.
 *
 * <p>Kinds are dealt from shuffled decks, so that each comes up within some minutes, whatever the seed. Events may
 * overlap.
 */
final class ChaosSchedule {

    private static final int FIRST_MILLIS = 4_000;
    private static final int GAP_MILLIS_MIN = 200;
    private static final int GAP_MILLIS_MAX = 24_000;

    private final List<ChaosEvent> events;

    private ChaosSchedule(List<ChaosEvent> events) {
        this.events = List.copyOf(events);
    }

    /** @param lengthMillis within which every event begins and ends; one second at least */
    static ChaosSchedule of(long seed, long lengthMillis) {
        Random random = new Random(seed);
        List<ChaosEvent> events = new ArrayList<>();
        List<EventKind> deck = new ArrayList<>();
        long upgradeMillis = lengthMillis / 4;
        boolean isUpgraded = false;
        for (long at = FIRST_MILLIS; ; at += GAP_MILLIS_MIN + random.nextInt(GAP_MILLIS_MAX - GAP_MILLIS_MIN)) {
            if (!isUpgraded && at >= upgradeMillis) {
                events.add(new ChaosEvent(upgradeMillis, EventKind.UPGRADE, 0, random.nextInt(Integer.MAX_VALUE)));
                isUpgraded = true;
            }
            if (deck.isEmpty()) {
                deck = deck(random);
            }
            EventKind kind = deck.remove(deck.size() - 1);
            int lasts = kind.lastsMillisMin() + random.nextInt(kind.lastsMillisMax() - kind.lastsMillisMin() + 1);
            int choice = random.nextInt(Integer.MAX_VALUE);
            if (at + lasts >= lengthMillis) {
                return new ChaosSchedule(events);
            }
            events.add(new ChaosEvent(at, kind, lasts, choice));
        }
    }

    private static List<EventKind> deck(Random random) {
        List<EventKind> deck = new ArrayList<>();
        for (EventKind kind : EventKind.values()) {
            deck.addAll(Collections.nCopies(kind.cards(), kind));
        }
        Collections.shuffle(deck, random);
        return deck;
    }

    /** By the time of their beginning. */
    List<ChaosEvent> events() {
        return events;
    }
}
