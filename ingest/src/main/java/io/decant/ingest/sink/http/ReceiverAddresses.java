package io.decant.ingest.sink.http;

import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.resolver.NameResolver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the next connection to a receiver goes. By its name, which leads to the name's first address, as long as that
 * works. When a connection cannot be made, the next attempt goes to the next of the name's addresses, IPv4 and IPv6,
 * and behind the last of them by the name again. An address that works is kept.
 *
 * <p>The name is looked up both as Vert.x does and as the machine does, since each leaves out addresses: Vert.x all but
 * one of the hosts file, and IPv6 where there is IPv4.
 *
 * <p>Lives on the transport's event loop.
 */
final class ReceiverAddresses {

    /** More addresses of a name than this are not tried. */
    static final int ADDRESSES_MAX = 16;

    private static final Logger log = LoggerFactory.getLogger(ReceiverAddresses.class);

    private static final String LOCALHOST = "localhost";

    private final ContextInternal context;
    private final String host;
    private final RequestOptions byName;
    private final Function<InetAddress, RequestOptions> byAddress;
    private List<RequestOptions> others = List.of();
    /** 0: by the name; i: the other address i - 1. */
    private int place;

    private long moves;
    private boolean lookingUp;

    /** @param route whose first host is a name, or an address, which is the only one then */
    ReceiverAddresses(ContextInternal context, HttpRoute route) {
        this.context = context;
        this.host = route.firstHost();
        this.byName = route.byName();
        this.byAddress = route::at;
    }

    /** Where the next request goes, if it needs a connection. */
    RequestOptions target() {
        return place == 0 ? byName : others.get(place - 1);
    }

    /** Tells one target from the next: what {@link #unreached} wants to be given. */
    long moves() {
        return moves;
    }

    /**
     * No connection could be made. Of several requests that failed by one target only the first one counts.
     *
     * @param target what {@link #moves} was when the request began
     */
    void unreached(long target) {
        if (target != moves || lookingUp || isAddress()) {
            return;
        }
        if (place == 0) {
            lookUp();
        } else {
            moveTo((place + 1) % (others.size() + 1));
        }
    }

    private boolean isAddress() {
        return host.startsWith("[") || NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    }

    private void lookUp() {
        lookingUp = true;
        // By a resolver of its own: the next connection must not be given what was asked for before it began.
        NameResolver resolver =
                new NameResolver(context.owner(), context.owner().nameResolver().options());
        Future<List<InetSocketAddress>> first = resolver.resolveAll(host);
        Future<List<InetAddress>> all = context.executeBlocking(this::ofMachine, false);
        Future.join(first, all).onComplete(ended -> {
            lookingUp = false;
            resolver.close();
            Set<InetAddress> known = new LinkedHashSet<>();
            if (first.succeeded()) {
                first.result().forEach(address -> known.add(address.getAddress()));
            }
            if (all.succeeded()) {
                known.addAll(all.result());
            }
            take(known);
        });
    }

    /** May block for as long as the machine's resolver does. */
    private List<InetAddress> ofMachine() throws UnknownHostException {
        List<InetAddress> found = new ArrayList<>();
        if (LOCALHOST.equalsIgnoreCase(host)) {
            // Both, whatever the hosts file says (RFC 6761, 6.3).
            found.add(InetAddress.getByAddress(host, NetUtil.LOCALHOST4.getAddress()));
            found.add(InetAddress.getByAddress(host, NetUtil.LOCALHOST6.getAddress()));
        }
        found.addAll(List.of(InetAddress.getAllByName(host)));
        return found;
    }

    private void take(Collection<InetAddress> known) {
        others = known.stream()
                // The first is where the name leads: it has just failed.
                .skip(1)
                .limit(ADDRESSES_MAX)
                .map(byAddress)
                .toList();
        if (!others.isEmpty()) {
            moveTo(1);
        }
    }

    private void moveTo(int next) {
        place = next;
        moves++;
        log.debug("next attempt to reach {} goes to address {} of it", host, place);
    }
}
