/* SPDX-License-Identifier: BSD-2-Clause */
/* What the value of a field is: vocabulary, or whose. */
#include "dissectors/msnp_table.h"
#include "output/placeholder.h"

/* Fields whose texts are the protocol's own. */
static const enum field_id public_fields[] = {
	F_MSNP_NAME, F_MSNP_ERROR, F_MSNP_ERROR_MEANING, F_MSNP_FAILED, F_MSNP_CHALLENGE_VERDICT,
	F_MSNP_CHALLENGE_METHOD, F_MSNP_PRODUCT_CLIENT, F_CAPABILITIES_BIT, F_CAPABILITIES_BIT2,
	F_CAPABILITIES_CLIENT, F_LIST_NAME, F_MSNOBJ_SHA1C_VERDICT, F_PAIR_LINK, F_OIM_PROXY, F_OIM_LANGUAGE,
	F_OIM_PROTOCOL, F_OIM_CLIENT_BUILD, F_OIM_PRODUCT_ID, F_OIM_PRODUCT_CLIENT, F_OIM_LOCK_KEY_VERDICT, F_OIM_KIND,
	F_OIM_FAULT, F_OIM_AUTH_POLICY, F_OIM_MESSAGE_TYPE, F_OIM_CONTENT_TYPE, F_OIM_CHARSET, F_OIM_ENCODING,
	F_HTTP_METHOD, F_HTTP_REASON, F_HTTP_CONTENT_TYPE, F_HTTP_USER_AGENT, F_SOAP_VERSION, F_SOAP_ACTION,
	F_SOAP_OPERATION, F_SOAP_NAMESPACE, F_SOAP_FAULT_CODE, F_SOAP_FAULT_SUBCODE, F_SOAP_ERROR_CODE, F_XML_NAMESPACE,
	F_RST_ADDRESS, F_RST_REQUEST_TYPE, F_RST_TOKEN_TYPE, F_AB_APPLICATION, F_AB_SCENARIO, F_AB_BRAND, F_AB_VIEW,
	F_AB_CONTACT_TYPE, F_AB_EMAIL_TYPE, F_AB_PHONE_TYPE, F_AB_CHANGED,
	F_SHARING_WANTED, F_SHARING_SERVICE_TYPE, F_SHARING_ROLE, F_SHARING_MEMBER_KIND, F_SHARING_MEMBER_TYPE,
	F_SHARING_STATE, F_SHARING_VIEW, F_STORAGE_APPLICATION, F_STORAGE_SCENARIO, F_STORAGE_RELATIONSHIP, F_STORAGE_VIEW,
	F_CONFIG_VERSION, F_INVITE_COMMAND, F_INVITE_APPLICATION, F_INVITE_GUID,
	F_INVITE_CONNECTIVITY, F_INVITE_PROTOCOL, F_INVITE_CANCEL_CODE, F_INVITE_CONNECTION, F_UUN_OPCODE,
	F_UUN_SERVICE, F_PRESENCE_STATUS, F_PRESENCE_CAPABILITIES, F_PRESENCE_CLIENT_VERSION, F_PRESENCE_STATE,
	F_MSG_CONTENT_TYPE, F_MSG_CHARSET, F_MSG_USER_AGENT, F_MSG_DEST_AGENT, F_FORMAT_FONT, F_FORMAT_EFFECT,
	F_FORMAT_COLOUR, F_CLIENT_NAME, F_CLIENT_LOGGING, F_CLIENT_SYSTEM, F_P2P_KIND, F_P2P_FLAG,
	F_P2P_OPCODE_BIT, F_P2P_CALL_PURPOSE, F_SLP_METHOD, F_SLP_PROTOCOL, F_SLP_REASON, F_SLP_CONTENT_TYPE,
	F_SLP_EUF_GUID, F_SLP_BRIDGE, F_SLP_BRIDGES, F_SLP_CONN_TYPE, F_SLP_ADDRESS_SCOPE, F_WEBCAM_ROLE,
	F_MSNFTP_COMMAND, F_MSNFTP_PROTOCOL, F_ROUTING_CHANNEL, F_ROUTING_FLAGS, F_ROUTING_MESSAGE_TYPE,
	F_ROUTING_MESSAGE_SUBTYPE, F_ROUTING_TRANSFER_ENCODING, F_ROUTING_NOTIF_TYPE, F_ROUTING_CONTENT_TYPE,
	F_CIRCLE_MEMBER_STATE, F_NETWORK_STATUS, F_MSNP24_CLIENT, F_MSNP24_CLIENT_VERSION, F_MSNP24_OS,
	F_MSNP24_OS_VERSION, F_MSNP24_LOCALE, F_MSNP24_MEMBER_ROLE, F_MSNP24_MESSAGE_TYPE,
	P_arch, P_client_id, P_client_name, P_client_version, P_locale_id, P_os_type, P_os_version, P_minimum_version,
	P_recommended_version, P_recommended_version2, P_product_id, P_protocol, P_context, P_domain, P_filename,
	P_download_url, P_info_url,
	F_TLS_SERVICE, F_TLS_OFFERED_VERSION, F_TLS_OFFERED_SUITE, F_TLS_OFFERED_ALPN, F_TLS_VERSION, F_TLS_SUITE, F_TLS_ALPN,
	F_TLS_RESUMED, F_TLS_EARLY_DATA, F_TLS_SECRET, F_TLS_TROUBLE, F_TLS_ALERT, F_TLS_ALERT_FROM,
};

static const enum field_id account_fields[] = {
	F_ADDRESS_ACCOUNT, F_ADDRESS_VIA, F_MSNOBJ_CREATOR, F_OIM_FROM, F_OIM_TO, F_AB_OWNER, F_AB_ACCOUNT,
	F_AB_EMAIL_ADDRESS, F_AB_INVITER, F_SHARING_ACCOUNT, F_SHARING_OWNER, F_PASSPORT_SIGN_IN, F_RST_USERNAME,
	F_LIST_ACCOUNT, F_NOTIFICATION_EMAIL, F_MAIL_FROM_ADDRESS, F_PROFILE_EMAIL, F_MSG_TYPING, F_MSG_RECORDING,
	F_MSG_ROSTER, F_P2P_CALL_FROM, F_P2P_CALL_TO, F_P2P_DESTINATION, F_P2P_SOURCE, F_SLP_TO, F_SLP_FROM,
	F_SLP_URI, F_MSNFTP_ACCOUNT, F_ROUTING_TO, F_ROUTING_FROM, F_ROUTING_ALSO, F_CIRCLE_MEMBER_ID, F_MSNP24_TARGET,
	F_MSNP24_USER, F_MSNP24_MEMBER_ID, F_MSNP24_CONTACT, F_MSNP24_MESSAGE_FROM, P_target, P_sender,
};

static const enum field_id name_fields[] = {
	F_MSNP_PLAIN_NAME, F_MSNOBJ_FRIENDLY, F_OIM_FROM_NAME, F_AB_NAME, F_AB_DISPLAY_NAME, F_AB_QUICK_NAME,
	F_AB_FIRST_NAME, F_AB_LAST_NAME, F_AB_GROUP_NAME, F_AB_CIRCLE_NAME, F_AB_INVITER_NAME, F_SHARING_NAME,
	F_SHARING_CIRCLE_NAME, F_SHARING_CALLER_NAME, F_STORAGE_DISPLAY_NAME, F_STORAGE_NAME, F_LIST_NICKNAME,
	F_PRESENCE_FRIENDLY_NAME, F_PRESENCE_PLAIN_NAME, F_PRESENCE_ENDPOINT_NAME, F_NOTIFICATION_NAME, F_MAIL_FROM,
	F_MSG_NICK, F_MSG_PLAIN_NICK, F_USER_SKYPE_NAME, P_friendly_name, P_group_name, P_sender_name,
};

/* What says something about a person, however short it is: headers of profiles, elements of address books. */
static const char *const private_keys[] = {
	"MemberIdHigh", "MemberIdLow", "country", "PostalCode", "zip", "Gender", "Age", "BDayPre", "Birthday", "birthdate",
	"Wallet", "ClientPort", "number", "phone",
};

/* Headers that only tell how a message is sent and what made it. */
static const char *const public_keys[] = {
	"MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Encoding", "Transfer-Encoding", "Content-Length",
	"Connection", "Proxy-Connection", "Keep-Alive", "Cache-Control", "Pragma", "Accept", "Accept-Encoding", "Server",
	"X-Powered-By", "X-AspNet-Version", "User-Agent", "SOAPAction",
};

/* Fields that may look harmless and are not: short texts that people wrote. */
static const enum field_id text_fields[] = {
	F_MSG_TEXT, F_MSG_PLAIN_TEXT, F_MSG_BODY_TEXT, F_OIM_TEXT, F_OIM_SUBJECT, F_PAYLOAD_TEXT, F_PAGE_TEXT,
	F_DATACAST_TEXT, F_EMOTICON_SHORTCUT, F_PRESENCE_PSM, F_PRESENCE_PLAIN_PSM, F_PRESENCE_MEDIA, F_MEDIA_TEXT,
	F_MEDIA_ARGUMENT, F_MAIL_SUBJECT, F_FILE_NAME, F_INVITE_FILE, F_MSNP24_MESSAGE_TEXT, F_MSNP24_TOPIC, P_key_value,
};

static bool listed(const enum field_id *list, size_t count, enum field_id id)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == id)
			return true;
	return false;
}

#define LISTED(list, id) listed((list), sizeof(list) / sizeof((list)[0]), (id))

static enum placeholder_kind param_kind_of(enum field_id id)
{
	switch (msnp_param_kind(id)) {
	case PARAM_ADDRESS:
	case PARAM_ADDRESS_OR_GUID:
	case PARAM_ENDPOINT:
	case PARAM_HANDLE:
		return PLACEHOLDER_ACCOUNT;
	case PARAM_WORD:
	case PARAM_ENUM:
		return PLACEHOLDER_WORD;
	case PARAM_HOST_PORT:
		return PLACEHOLDER_HOST;
	case PARAM_CAPABILITIES_PAIR:
	case PARAM_STAMP:
	case PARAM_PROTOCOL:
		return PLACEHOLDER_PUBLIC;
	default:
		return PLACEHOLDER_OTHER;
	}
}

/* The value of a property: MFN is a name, those of telephones are numbers. */
static enum placeholder_kind property_kind(const struct field *f)
{
	const struct field *property = f->parent ? field_child(f->parent, &field_defs[P_property]) : NULL;

	if (!property || !property->has_value)
		return PLACEHOLDER_OTHER;
	if (slice_eq_str(property->value.text, "MFN"))
		return PLACEHOLDER_NAME;
	/* Numbers of a home, an office and a mobile telephone may be short. */
	return slice_has_prefix(property->value.text, SLICE_LIT("PH")) ? PLACEHOLDER_PHONE : PLACEHOLDER_OTHER;
}

static bool has_key(const struct field *f, const char *const *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (slice_case_eq(f->key, slice_str(keys[i])))
			return true;
	return false;
}

#define HAS_KEY(f, keys) has_key((f), (keys), sizeof(keys) / sizeof((keys)[0]))

static bool is_secret(const struct field *f)
{
	for (; f && f->def; f = f->parent)
		if (f->def->flags & FIELD_SECRET)
			return true;
	return false;
}

enum placeholder_kind placeholder_kind(const struct field *f)
{
	enum field_id id = (enum field_id)(f->def - field_defs);
	bool is_number = f->def->type == FIELD_UINT || f->def->type == FIELD_HEX || f->def->type == FIELD_BOOL;

	if (is_secret(f))
		return PLACEHOLDER_SECRET;
	if (LISTED(account_fields, id))
		return PLACEHOLDER_ACCOUNT;
	if (id == F_HOST_NAME || id == F_HTTP_HOST || id == F_TLS_SERVER_NAME || id == F_TLS_CERTIFICATE_NAME ||
	    id == F_PROFILE_CLIENT_IP)
		return PLACEHOLDER_HOST;
	if (id == F_HTTP_TARGET)
		return PLACEHOLDER_TARGET;
	if ((id == F_HTTP_HEADER || id == F_MSG_HEADER || id == F_OIM_HEADER) && HAS_KEY(f, public_keys))
		return PLACEHOLDER_PUBLIC;
	if (id == F_AB_PHONE_NUMBER || id == F_PAGE_NUMBER)
		return PLACEHOLDER_PHONE;
	/* All that the service knows of an account's owner: age, country, town. */
	if (HAS_KEY(f, private_keys) || slice_has_prefix(slice_str(f->def->name), SLICE_LIT("profile.")))
		return PLACEHOLDER_TEXT;
	if (is_number || LISTED(public_fields, id))
		return PLACEHOLDER_PUBLIC;
	if (LISTED(name_fields, id))
		return PLACEHOLDER_NAME;
	if (LISTED(text_fields, id) || f->def->type == FIELD_BYTES)
		return PLACEHOLDER_TEXT;
	if (id == P_value)
		return property_kind(f);
	if (f->def->values)
		return PLACEHOLDER_WORD;
	return msnp_is_param(id) ? param_kind_of(id) : PLACEHOLDER_OTHER;
}
