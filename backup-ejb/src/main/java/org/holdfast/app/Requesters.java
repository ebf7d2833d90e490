package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.UUID;
import org.holdfast.domain.people.ApiToken;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.people.User;
import org.holdfast.domain.people.Users;

/** Those who asked for something that waited since. */
@ApplicationScoped
class Requesters {
    @Inject private Users users;

    /**
     * @param token by which it was asked for; null where the person did
     * @param needed the least role of who may ask for it
     * @throws org.holdfast.domain.shared.Refused REQUESTER
     */
    void requireMayStill(String name, UUID token, Role needed) {
        User user = users.byName(name).orElseThrow(() -> User.gone(name));
        user.requireMayStill(needed, token == null ? null : token(user, token));
    }

    private ApiToken token(User user, UUID id) {
        return users.tokens(user.id()).stream()
                .filter(t -> t.id().equals(id))
                .findFirst()
                .orElseThrow(() -> User.gone(user.name()));
    }
}
