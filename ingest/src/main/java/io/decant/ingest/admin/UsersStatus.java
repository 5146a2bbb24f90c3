package io.decant.ingest.admin;

import java.util.Map;

/**
 * Who may use a port.
 *
 * @param unauthorized connections and requests of nobody who may, since the start
 * @param lastError why the files of tokens as they are now cannot be used; empty where they are in use
 * @param byName the users, in the order of the settings
 */
public record UsersStatus(long unauthorized, String lastError, Map<String, User> byName) {

    /**
     * A user, since the start.
     *
     * @param connections open ones
     * @param records acknowledged
     * @param bytes acknowledged
     * @param refusals connections or requests that were refused, or ended with an error
     */
    public record User(int connections, long records, long bytes, long refusals) {}
}
