package io.decant.ingest.admin;

import io.decant.config.Secret;
import io.decant.ingest.tls.ServerTls;
import io.decant.ingest.users.Users;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What clients of the admin port must show, beside what the settings say.
 *
 * @param tls that is started and closed with the server; empty: connections are not encrypted
 * @param users with the tokens of those in the settings
 * @param token of who runs commands beside the server, from its data directory; empty: nobody has it
 * @param random that nobody can guess
 * @param nanoTime as {@link System#nanoTime}
 */
public record AdminSecurity(
        Optional<ServerTls> tls, Users users, Secret token, RandomGenerator random, LongSupplier nanoTime) {}
